import { type CommandContext, type FollowRow, listMembers, statement } from '../../state/index.ts';
import { announce } from '../community/events.ts';
import { accountTopic } from '../community/topics.ts';

const inListsOf = statement<{ account: number; channel: number }>((db, { account, channel }) =>
  db
    .selectFrom('list_members')
    .innerJoin('lists', 'lists.id', 'list_members.list')
    .selectAll('list_members')
    .where('lists.account', '=', account)
    .where('list_members.channel', '=', channel),
);

/** Takes a channel out of the lists of somebody who no longer follows it. */
export async function leaveLists(
  context: CommandContext,
  { account, channel }: Pick<FollowRow, 'account' | 'channel'>,
): Promise<void> {
  for (const row of await listMembers.find(context.db, inListsOf, { account, channel })) {
    await listMembers.remove(context.db, row);
    announce(context, {
      type: 'list.changed',
      topics: [accountTopic(account)],
      actor: String(account),
      routing: { author: account, object: row.list },
      subjects: [`account:${account}`],
      data: { account, list: row.list, removed: [{ account: row.member, channel }] },
    });
  }
}
