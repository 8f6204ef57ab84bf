import { CarillonError } from '@carillon/core';
import {
  type CommandContext,
  type ConversationRow,
  type ConversationSnapshot,
  conversations,
  type Database,
  type Listed,
  type PageQuery,
} from '../../state/index.ts';
import { findPage, pagedBy } from '../community/paging.ts';
import { announceConversation } from './conversations.ts';
import { loadConversations } from './load-conversations.ts';
import { conversationsOf, deleteConversation, type Own, type Reading, readConversation } from './messages.ts';

const pages = pagedBy('last_post', (db, { viewer }: { viewer: number }) =>
  db.selectFrom('conversations').selectAll().where('account', '=', viewer),
);

export const conversationQueries = { [conversationsOf.name]: list };

export const conversationCommands = {
  [readConversation.name]: async (context: CommandContext, { actor, id, unread = false }: Reading) => {
    const row = await own(context.db, actor, id);
    const read: ConversationRow = { ...row, unread: unread ? 1 : 0 };
    if (row.unread !== read.unread) {
      await conversations.put(context.db, read);
      await announceConversation(context, read);
    }
    const [snapshot] = await loadConversations(context.db, actor, [read]);
    return snapshot;
  },
  /** It comes back with the next post of its thread. */
  [deleteConversation.name]: async ({ db }: CommandContext, { actor, id }: Own): Promise<undefined> => {
    await conversations.remove(db, { id: (await own(db, actor, id)).id });
  },
};

async function own(db: Database, account: number, id: number): Promise<ConversationRow> {
  const row = await conversations.get(db, { id });
  if (row?.account !== account) throw new CarillonError('not-found', `there is no conversation ${id}`);
  return row;
}

async function list(
  db: Database,
  { viewer, page }: { readonly viewer: number; readonly page: PageQuery },
): Promise<readonly Listed<ConversationSnapshot>[]> {
  const rows = await findPage(db, conversations, pages, { viewer }, page);
  const items = await loadConversations(db, viewer, rows);
  return items.map((item, index) => ({ cursor: rows[index]?.last_post ?? 0, item }));
}
