import type { IdempotencyKey } from '@carillon/core';
import {
  cancelScheduled,
  type ScheduledPost,
  scheduledById,
  scheduledOf,
  schedulePost,
  updateScheduled,
} from '../../../domain/index.ts';
import { toScheduledStatus } from '../entities/index.ts';
import { type Call, found, invalid, type Rest, STATUSES, user } from '../http/index.ts';
import { changedSchedule } from './status-fields.ts';

const READ = user('read:statuses');
const WRITE = user('write:statuses');
const LEAST_AHEAD_MS = 300_000;

/** Statuses that are posted later (docs.joinmastodon.org/methods/scheduled_statuses). */
export function scheduledRoutes(rest: Rest): void {
  rest.get('/api/v1/scheduled_statuses', READ, async (call) => {
    const page = call.page(STATUSES);
    const rows = await call.query(scheduledOf, { viewer: call.viewer, page });
    return call.listed(
      rows.map((row) => toScheduledStatus(row, call.site)),
      rows.map(({ id }) => id),
      page,
    );
  });
  rest.get('/api/v1/scheduled_statuses/:id', READ, (call) => showScheduled(call, call.id()));
  rest.put('/api/v1/scheduled_statuses/:id', WRITE, async (call) => {
    const { scheduled_at: dueAt } = await call.input(changedSchedule);
    if (dueAt === undefined) return showScheduled(call, call.id());
    found(await call.query(scheduledById, { viewer: call.viewer, id: call.id() }));
    requireAhead(call, dueAt);
    return toScheduledStatus(await call.run(updateScheduled, { actor: call.viewer, id: call.id(), dueAt }), call.site);
  });
  rest.delete('/api/v1/scheduled_statuses/:id', WRITE, async (call) => {
    await call.run(cancelScheduled, { actor: call.viewer, id: call.id() });
  });
}

export interface NewSchedule {
  readonly dueAt: number;
  readonly post: ScheduledPost;
  readonly key: IdempotencyKey | undefined;
}

export async function scheduleStatus(call: Call<number>, { dueAt, post, key }: NewSchedule) {
  requireAhead(call, dueAt);
  const client = call.principal?.oauthApp;
  const planned = client === undefined ? post : { ...post, client };
  const input = { actor: call.viewer, dueAt, post: planned };
  const { result, duplicate } = await call.deps.commands.run(schedulePost, input, key);
  return duplicate ? showScheduled(call, result.id) : toScheduledStatus(result, call.site);
}

export async function showScheduled(call: Call<number>, id: number) {
  return toScheduledStatus(found(await call.query(scheduledById, { viewer: call.viewer, id })), call.site);
}

function requireAhead({ deps }: Call<number>, dueAt: number): void {
  if (dueAt < deps.now() + LEAST_AHEAD_MS) throw invalid('Scheduled at date must be in the future');
}
