import { CarillonError } from '@carillon/core';
import {
  accounts,
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type Message,
  numberOf,
  PRESENCE_TOPIC,
  type PresenceRow,
  type PresenceStatus,
  presences,
  statement,
} from '../../state/index.ts';
import { requireActor, stands } from '../community/parties.ts';
import { type PresenceView, reportPresence, setOnline } from './messages.ts';
import { loadPresence, presenceOf } from './presence-rows.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MINUTE_MS = 60_000;

export const presenceCommands = {
  [reportPresence.name]: report,
  [setOnline.name]: connect,
};

const members = statement<{ limit: number }>((db, { limit }) =>
  db
    .selectFrom(
      db
        .selectFrom('accounts')
        .select('id')
        .where('domain', 'is', null)
        .where('kind', '=', 'person')
        .where('suspended_at', 'is', null)
        .where('deactivated_at', 'is', null)
        .limit(limit)
        .as('some'),
    )
    .select(({ fn }) => fn.countAll().as('n')),
);

/** Whether a community is small enough for everybody to be told who is here. */
export async function isSmall(db: Database, maxMembers: number): Promise<boolean> {
  return (await numberOf(db, members, { limit: maxMembers + 1 })) <= maxMembers;
}

async function report(context: CommandContext, input: Input<typeof reportPresence>): Promise<PresenceView> {
  const { actor, status, maxMembers } = input;
  const { db, now } = context;
  const { kind } = await requireActor(db, actor);
  if (kind === 'bot') throw new CarillonError('forbidden', 'bots have no presence');
  const at = Math.min(input.at, now);
  const row = await loadPresence(db, actor);
  const seen =
    status === 'active' ? { active_at: Math.max(row.active_at, at) } : { idle_at: Math.max(row.idle_at, at) };
  return presenceOf(await settle(context, { ...row, ...seen, status }, at, maxMembers));
}

async function connect(context: CommandContext, input: Input<typeof setOnline>): Promise<void> {
  const { account, online, maxMembers } = input;
  const { db, now } = context;
  const at = Math.min(input.at, now);
  const row = await loadPresence(db, account);
  if (online) {
    const known = await accounts.get(db, { id: account });
    if (!known || !stands(known) || known.kind === 'bot' || known.domain !== null) return;
    const seen =
      row.online === 1 ? {} : { online: 1, status: 'active' as const, active_at: Math.max(row.active_at, at) };
    await settle(context, { ...row, ...seen }, at, maxMembers);
  } else if (row.online === 1) {
    await settle(context, { ...row, online: 0, idle_at: Math.max(row.idle_at, at) }, at, maxMembers);
  }
}

/**
 * Keeps the row and tells what changed: the community as long as it may know, else the account alone. Whoever was told
 * that it is here and may know no more is told that it is gone.
 */
async function settle(context: CommandContext, row: PresenceRow, at: number, maxMembers: number): Promise<PresenceRow> {
  const { status } = presenceOf(row);
  const isKnown = status !== 'offline' && row.shared === 1 && (await isSmall(context.db, maxMembers));
  const shown = isKnown ? status : 'offline';
  const isTold = isDue(row.told, shown, row, at);
  const isSelfTold = isDue(row.told_self, status, row, at);
  const settled = {
    ...row,
    told: isTold ? shown : row.told,
    told_self: isSelfTold ? status : row.told_self,
    told_at: isTold || isSelfTold ? at : row.told_at,
  };
  await presences.put(context.db, settled);
  if (isTold) tell(context, PRESENCE_TOPIC, row, shown);
  if (isSelfTold && !(isTold && shown === status)) tell(context, accountTopic(row.account), row, status);
  return settled;
}

/** Coming and going are told at once. */
function isDue(before: PresenceStatus, after: PresenceStatus, row: PresenceRow, at: number): boolean {
  if (before === after) return false;
  return before === 'offline' || after === 'offline' || at - row.told_at >= MINUTE_MS;
}

function tell(context: CommandContext, topic: string, row: PresenceRow, status: PresenceStatus): void {
  const { account, activeAt, idleAt } = presenceOf(row);
  announce(context, {
    type: 'presence.changed',
    topics: [topic],
    actor: String(account),
    routing: { author: account, object: account },
    subjects: [`account:${account}`],
    data: { account, status, activeAt, idleAt },
  });
}
