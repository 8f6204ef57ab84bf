import { type CommandContext, computed, type Database, jobs, numberOf, statement } from '../../state/index.ts';
import { withdrawal } from '../notices/withdraw.ts';
import { sharesRemoval } from '../posts/delete.ts';
import { doersNews, followersNews } from '../posts/tell.ts';
import { continueJob, type JobsView, openJobs, type Postponed, postponeJob } from './messages.ts';
import type { JobKind } from './serve.ts';

interface Named {
  readonly id: number;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 3_600_000;

/** By the names that rows hold. Each reads what `serve` wrote of its own input. */
const KINDS: ReadonlyMap<string, JobKind<never>> = new Map(
  [followersNews, doersNews, withdrawal, sharesRemoval].map((kind) => [kind.name, kind]),
);

const dueBy = statement<{ now: number; limit: number }>((db, { now, limit }) =>
  db.selectFrom('jobs').selectAll().where('due_at', '<=', now).orderBy('id').limit(limit),
);
const nextDue = statement<{ now: number }>((db, { now }) =>
  db
    .selectFrom('jobs')
    .select((is) => is.fn.min('due_at').as('n'))
    .where('due_at', '>', now),
);
const counts = statement<Record<never, never>>((db) =>
  db
    .selectFrom('jobs')
    .select((is) => [is.fn.countAll().as('open'), is.fn.countAll().filterWhere('attempts', '>', 0).as('failing')]),
);

export const jobCommands = { [continueJob.name]: goOn, [postponeJob.name]: postpone };

export const jobQueries = { [openJobs.name]: list };

async function goOn(context: CommandContext, { id }: Named): Promise<boolean> {
  const { db } = context;
  const row = await jobs.get(db, { id });
  if (!row) return true;
  const kind = KINDS.get(row.kind);
  if (!kind) throw new Error(`this version does not know jobs of the kind ${row.kind}`);
  // Its own `serve` wrote it.
  const input = JSON.parse(row.input) as never;
  const cursor = await kind.serve(context, input, row.cursor);
  if (cursor === undefined) await jobs.remove(db, { id });
  else await jobs.put(db, { ...row, cursor, attempts: 0, due_at: 0 });
  return cursor === undefined;
}

async function postpone({ db, now }: CommandContext, { id }: Named): Promise<Postponed | undefined> {
  const row = await jobs.get(db, { id });
  if (!row) return undefined;
  const attempts = row.attempts + 1;
  const due_at = now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** row.attempts);
  await jobs.put(db, { ...row, attempts, due_at });
  return { attempts, dueAt: due_at };
}

async function list(db: Database, { now, limit }: { readonly now: number; readonly limit: number }): Promise<JobsView> {
  const due = await jobs.find(db, dueBy, { now, limit });
  const [counted] = await computed(db, counts, {});
  const next = await numberOf(db, nextDue, { now });
  return {
    due: due.map(({ id, kind }) => ({ id, kind })),
    nextDueAt: next === 0 ? null : next,
    open: Number(counted?.['open'] ?? 0),
    failing: Number(counted?.['failing'] ?? 0),
  };
}
