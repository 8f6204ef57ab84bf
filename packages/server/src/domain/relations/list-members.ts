import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  type CommandContext,
  type Database,
  type FollowRow,
  follows,
  listMembers,
  lists,
  statement,
} from '../../state/index.ts';
import { loadAccountRows, loadChannels } from '../community/load-accounts.ts';
import { announceListChange, requireList } from './list-events.ts';

const MAX_CHANGE = 500;

const membersAmong = statement<{ list: number; members: string }>((db, { list, members }) =>
  db
    .selectFrom('list_members')
    .selectAll()
    .where('list', '=', list)
    .where('member', 'in', sql<number>`(SELECT value FROM json_each(${members}))`),
);
const followedAmong = statement<{ account: number; channels: string }>((db, { account, channels }) =>
  db
    .selectFrom('follows')
    .selectAll()
    .where('channel', 'in', sql<number>`(SELECT value FROM json_each(${channels}))`)
    .where('account', '=', account)
    .where('state', '=', 'subscribed'),
);

const inListsOf = statement<{ account: number; channel: number }>((db, { account, channel }) =>
  db
    .selectFrom('list_members')
    .innerJoin('lists', 'lists.id', 'list_members.list')
    .selectAll('list_members')
    .where('lists.account', '=', account)
    .where('list_members.channel', '=', channel),
);

interface MembersChange {
  readonly actor: number;
  readonly id: number;
  readonly add?: readonly number[];
  readonly remove?: readonly number[];
}

/** Adding who is there and removing who is not changes nothing. */
export async function changeMembers(
  context: CommandContext,
  { actor, id, add = [], remove = [] }: MembersChange,
): Promise<undefined> {
  const { db } = context;
  const list = await requireList(db, actor, id);
  if (add.length + remove.length > MAX_CHANGE) {
    throw new CarillonError('too-large', `at most ${MAX_CHANGE} members change at once`);
  }
  const present = await listMembers.find(db, membersAmong, { list: id, members: JSON.stringify([...add, ...remove]) });
  const leaving = present.filter(({ member }) => remove.includes(member));
  const known = new Set(present.map(({ member }) => member));
  const joining = await followedMembers(
    db,
    actor,
    [...new Set(add)].filter((member) => !known.has(member)),
  );
  if (leaving.length + joining.length === 0) return;
  const position = announceListChange(context, list, {
    ...(joining.length === 0 ? {} : { added: joining }),
    ...(leaving.length === 0 ? {} : { removed: leaving.map((row) => ({ account: row.member, channel: row.channel })) }),
  });
  for (const row of leaving) await listMembers.remove(db, row);
  for (const { account: member, channel } of joining) {
    await listMembers.insert(db, { list: id, member, channel, since_position: position, id: context.nextId() });
  }
}

/** Throws `not-found` unless the actor follows them all. */
async function followedMembers(
  db: Database,
  actor: number,
  members: readonly number[],
): Promise<readonly { readonly account: number; readonly channel: number }[]> {
  const own = new Map((await loadAccountRows(db, members)).map(({ id, channel }) => [id, channel]));
  const groups = await loadChannels(db, members);
  const wanted = members.map((account) => {
    const channel = own.get(account) ?? (groups.get(account)?.kind === 'group' ? account : undefined);
    return { account, channel };
  });
  const channels = JSON.stringify(wanted.map(({ channel }) => channel ?? 0));
  const followed = new Set(
    (await follows.find(db, followedAmong, { account: actor, channels })).map(({ channel }) => channel),
  );
  return wanted.map(({ account, channel }) => {
    if (channel !== undefined && followed.has(channel)) return { account, channel };
    throw new CarillonError('not-found', `you do not follow account ${account}`);
  });
}

/** Takes a channel out of the lists of somebody who no longer follows it. */
export async function leaveLists(
  context: CommandContext,
  { account, channel }: Pick<FollowRow, 'account' | 'channel'>,
): Promise<void> {
  const { db } = context;
  for (const row of await listMembers.find(db, inListsOf, { account, channel })) {
    const list = await lists.get(db, { id: row.list });
    await listMembers.remove(db, row);
    if (list) announceListChange(context, list, { removed: [{ account: row.member, channel }] });
  }
}
