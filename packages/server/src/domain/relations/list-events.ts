import { CarillonError, type Position } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type ListChange,
  type ListRow,
  lists,
} from '../../state/index.ts';

/** Throws `not-found` for others' lists, as for those that are not there. */
export async function requireList(db: Database, actor: number, id: number): Promise<ListRow> {
  const row = await lists.get(db, { id });
  if (row?.account === actor) return row;
  throw new CarillonError('not-found', `you have no list ${id}`);
}

/** Whatever changed, the event says how the list stands now. */
export function announceListChange(
  context: CommandContext,
  list: ListRow,
  change: Pick<ListChange, 'added' | 'removed'> = {},
): Position {
  return announceList(context, list, { settings: settingsOf(list), ...change });
}

/** Without anything more it says that the list is gone. */
export function announceListEnd(context: CommandContext, list: ListRow): void {
  announceList(context, list, {});
}

function announceList(
  context: CommandContext,
  { id, account }: ListRow,
  change: Omit<ListChange, 'account' | 'list'>,
): Position {
  return announce(context, {
    type: 'list.changed',
    topics: [accountTopic(account)],
    actor: String(account),
    routing: { author: account, object: id },
    subjects: [`account:${account}`],
    data: { account, list: id, ...change },
  });
}

function settingsOf(row: ListRow): { readonly replies: string; readonly exclusive: boolean } {
  return { replies: row.replies, exclusive: row.exclusive === 1 };
}
