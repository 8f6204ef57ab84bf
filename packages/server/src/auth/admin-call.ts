import { CarillonError, nestsTooDeep, type Position, type Principal, toErrorValue } from '@carillon/core';
import type { Context } from 'hono';
import type * as z from 'zod';
import { type Audited, recordAudit } from '../domain/index.ts';
import type { Commands } from '../state/index.ts';
import type { Authenticator } from './contract.ts';
import type { CredentialGate } from './gate.ts';

const LONGEST_WORDS = 500;

/** What an administrative call is about, for its audit row. */
export interface AdminCall {
  /** Dotted name, `keys.create`. */
  readonly action: string;
  readonly target: string;
}

export interface AdminCallDeps {
  readonly authenticator: Authenticator;
  readonly commands: Commands;
}

type Entry = Audited<unknown>['entry'];

/**
 * The one way through which administrators act: proves the administrator and writes the audit row. `work` is given
 * the row; a command commits it together with its change, anything else leaves it to `audit` below. A failure is
 * written too, with the code of its error.
 */
export async function adminCall<Result>(
  deps: AdminCallDeps,
  context: Context,
  call: AdminCall,
  work: (entry: Entry) => Promise<Result>,
): Promise<Result> {
  const principal = await requireAdmin(deps.authenticator, context);
  const entry = { ...call, actor: principal.id };
  try {
    return await work(entry);
  } catch (error) {
    await deps.commands.run(recordAudit, { ...entry, outcome: toErrorValue(error).code });
    throw error;
  }
}

/** For calls that change nothing stored: the row is written before the answer leaves. */
export async function audit(deps: AdminCallDeps, entry: Entry): Promise<void> {
  await deps.commands.run(recordAudit, { ...entry, outcome: 'ok' });
}

/** The answer says "revoked" only once the gate of this server refuses it. */
export async function learned(gate: Pick<CredentialGate, 'caughtUp'>, positions: readonly Position[]): Promise<void> {
  const last = positions.at(-1);
  if (last !== undefined) await gate.caughtUp(last);
}

/** Administrators' tokens travel in the header only: an address ends up in logs and histories. */
export async function requireAdmin(authenticator: Authenticator, context: Context): Promise<Principal> {
  const principal = await authenticator.authenticate({ authorization: context.req.header('authorization') });
  if (principal.admin) return principal;
  throw new CarillonError('forbidden', 'only the admin token may call this');
}

/** The request's JSON, checked; throws `bad-request` naming the first field that is wrong. */
export async function readBody<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.infer<Schema>> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json(?:\s*;|$)/i.test(type)) {
    throw new CarillonError('unsupported-media-type', 'send application/json', {
      facts: { accept: 'application/json' },
    });
  }
  let value: unknown;
  try {
    const text = await context.req.text();
    if (nestsTooDeep(text)) throw new Error('nested too deep');
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof CarillonError) throw cause;
    throw new CarillonError('bad-request', 'the body is not valid JSON', { cause });
  }
  return checked(value, schema, 'the body');
}

/** The request's query, checked; throws `bad-request` naming the first field that is wrong. */
export function readQuery<Schema extends z.ZodType>(context: Context, schema: Schema): z.infer<Schema> {
  return checked(context.req.query(), schema, 'the query');
}

function checked<Schema extends z.ZodType>(value: unknown, schema: Schema, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue && issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  const words = `${field}${issue?.message ?? `${what} breaks a rule`}`;
  // They name what they do not know, however long it is.
  throw new CarillonError('bad-request', words.slice(0, LONGEST_WORDS));
}
