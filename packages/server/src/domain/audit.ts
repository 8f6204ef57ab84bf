import { type AuditEntry, addAuditEntry, type CommandContext } from '../state/index.ts';

/** A command of an administrator: what was asked, and by whom, in one commit. */
export interface Audited<Input> {
  readonly input: Input;
  readonly entry: Omit<AuditEntry, 'outcome'>;
}

/** The handler with its audit row in the same commit. */
export function audited<Input, Result>(handler: (context: CommandContext, input: Input) => Result | Promise<Result>) {
  return async (context: CommandContext, { input, entry }: Audited<Input>): Promise<Result> => {
    const result = await handler(context, input);
    writeAudit(context, { ...entry, outcome: 'ok' });
    return result;
  };
}

export function writeAudit(context: CommandContext, entry: AuditEntry): undefined {
  addAuditEntry(context.db, { ...entry, id: context.nextId(), atMs: context.now });
}
