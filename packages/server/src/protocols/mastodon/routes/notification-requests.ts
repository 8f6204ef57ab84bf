import * as z from 'zod';
import { type NotificationSnapshot, settleHeldNotifications } from '../../../domain/index.ts';
import { iso, toAccount } from '../entities/index.ts';
import { type Call, found, idField, many, notFound, type Rest, readLimit, user } from '../http/index.ts';
import { heldBack } from './notification-policy.ts';
import { type Show, showFor } from './show.ts';

const READ = user('read:notifications');
const WRITE = user('write:notifications');
const PATH = '/api/v1/notifications/requests';
const several = z.object({ id: many(idField, 100) });

type Held = readonly [NotificationSnapshot, ...NotificationSnapshot[]];

/**
 * What the policy holds back, by who caused it (docs.joinmastodon.org/methods/notifications, “requests”). A request has
 * the id of that account; the newest thousand notifications are looked at, so there are no further pages.
 */
export function notificationRequestRoutes(rest: Rest): void {
  rest.get(PATH, READ, async (call) => {
    const show = await showFor(call);
    const limit = readLimit(call.context.req.query('limit'), 40, 80);
    return bySender(await heldBack(call))
      .slice(0, limit)
      .map((held) => toRequest(held, call, show));
  });
  // Accepted ones are there at once.
  rest.get(`${PATH}/merged`, READ, () => ({ merged: true }));
  rest.get(`${PATH}/:id`, READ, async (call) => {
    const [held] = bySender(await heldBack(call, call.id()));
    return toRequest(found(held), call, await showFor(call));
  });
  for (const [name, accept] of [
    ['accept', true],
    ['dismiss', false],
  ] as const) {
    rest.post(`${PATH}/${name}`, WRITE, async (call) => {
      const { id: ids = [] } = await call.input(several);
      for (const from of new Set(ids)) await settle(call, from, accept);
    });
    rest.post(`${PATH}/:id/${name}`, WRITE, async (call) => {
      if ((await settle(call, call.id(), accept)) === 0) throw notFound();
    });
  }
}

function settle(call: Call<number>, from: number, accept: boolean): Promise<number> {
  return call.run(settleHeldNotifications, { actor: call.viewer, from, accept });
}

/** Newest first, as their newest are. */
function bySender(rows: readonly NotificationSnapshot[]): readonly Held[] {
  const senders = new Map<number, [NotificationSnapshot, ...NotificationSnapshot[]]>();
  for (const row of rows) {
    const held = senders.get(row.from.id);
    if (held) held.push(row);
    else senders.set(row.from.id, [row]);
  }
  return [...senders.values()];
}

function toRequest(held: Held, { site }: Call<number>, { status }: Show) {
  const [newest] = held;
  const oldest = held.at(-1) ?? newest;
  const last = held.find(({ post }) => post !== null)?.post;
  return {
    id: String(newest.from.id),
    created_at: iso(oldest.createdAt),
    updated_at: iso(newest.createdAt),
    notifications_count: String(held.length),
    account: toAccount(newest.from, site),
    ...(last ? { last_status: status(last) } : {}),
  };
}
