import { CarillonError } from '@carillon/core';
import { type CommandContext, type ListRow, listMembers, lists, numberOf, statement } from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { announceListChange, announceListEnd, requireList } from './list-events.ts';
import type { ListView } from './messages.ts';

const MAX_LISTS = 50;
const MAX_TITLE = 200;

const countLists = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('lists')
    .select((is) => is.fn.countAll().as('n'))
    .where('account', '=', account),
);
const membersOf = statement<{ list: number }>((db, { list }) =>
  db.selectFrom('list_members').selectAll().where('list', '=', list),
);
export async function makeList(
  context: CommandContext,
  { actor, title, replies, exclusive }: { readonly actor: number } & Omit<ListView, 'id'>,
): Promise<ListView> {
  const { db } = context;
  await requireActor(db, actor);
  checkTitle(title);
  if ((await numberOf(db, countLists, { account: actor })) >= MAX_LISTS) {
    throw new CarillonError('unprocessable', `an account has at most ${MAX_LISTS} lists`);
  }
  const row: ListRow = { id: context.nextId(), account: actor, title, replies, exclusive: Number(exclusive) };
  await lists.insert(db, row);
  announceListChange(context, row);
  return viewList(row);
}

export async function changeList(
  context: CommandContext,
  {
    actor,
    id,
    title,
    replies,
    exclusive,
  }: { readonly actor: number; readonly id: number } & Partial<Omit<ListView, 'id'>>,
): Promise<ListView> {
  const before = await requireList(context.db, actor, id);
  const row: ListRow = {
    ...before,
    title: title ?? before.title,
    replies: replies ?? before.replies,
    exclusive: exclusive === undefined ? before.exclusive : Number(exclusive),
  };
  checkTitle(row.title);
  await lists.put(context.db, row);
  announceListChange(context, row);
  return viewList(row);
}

export async function dropList(
  context: CommandContext,
  { actor, id }: { readonly actor: number; readonly id: number },
): Promise<undefined> {
  const { db } = context;
  const row = await requireList(db, actor, id);
  for (const member of await listMembers.find(db, membersOf, { list: id })) await listMembers.remove(db, member);
  await lists.remove(db, { id });
  announceListEnd(context, row);
}

export function viewList({ id, title, replies, exclusive }: ListRow): ListView {
  return { id, title, replies, exclusive: exclusive === 1 };
}

function checkTitle(title: string): void {
  if (title.trim() !== '' && title.length <= MAX_TITLE) return;
  throw new CarillonError('unprocessable', `a list has a title of 1 to ${MAX_TITLE} characters`);
}
