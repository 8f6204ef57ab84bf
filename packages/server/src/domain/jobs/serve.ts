import { type CommandContext, jobs } from '../../state/index.ts';
import { announceJob } from './events.ts';

/** Recipients that one commit serves (kernel K5): for longer nobody else should wait. */
export const AT_ONCE = 100;

/** Something that may concern any number of recipients. */
export interface JobKind<Input extends object> {
  readonly name: string;
  /**
   * Serves at most `AT_ONCE` recipients behind the cursor, as of now: whatever has changed since the job began counts.
   * Tells where to go on, or `undefined` when nobody is left. `input` holds ids alone: nothing erases it.
   */
  serve(context: CommandContext, input: Input, cursor: number): Promise<number | undefined>;
}

/** Serves the first recipients in this commit, and leaves the others to a job. */
export async function serve<Input extends object>(
  context: CommandContext,
  kind: JobKind<Input>,
  input: Input,
): Promise<void> {
  const cursor = await kind.serve(context, input, 0);
  if (cursor === undefined) return;
  const id = context.nextId();
  await jobs.insert(context.db, {
    id,
    kind: kind.name,
    input: JSON.stringify(input),
    cursor,
    attempts: 0,
    due_at: 0,
    created_at: context.now,
  });
  announceJob(context, id);
}
