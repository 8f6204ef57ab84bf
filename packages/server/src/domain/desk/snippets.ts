import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type Message,
  numberOf,
  type SnippetRow,
  type SnippetSnapshot,
  snippets,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { createSnippet, deleteSnippet, editSnippet, MAX_SNIPPETS, snippetsOf } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_TITLE = 60;
const MAX_LETTERS = 100_000;

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('snippets').selectAll().where('account', '=', account).orderBy('id'),
);
const countOf = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('snippets')
    .select((is) => is.fn.countAll<number>().as('n'))
    .where('account', '=', account),
);

export const snippetCommands = {
  [createSnippet.name]: create,
  [editSnippet.name]: edit,
  [deleteSnippet.name]: remove,
};

export const snippetQueries = {
  [snippetsOf.name]: async (db: Database, { viewer }: Input<typeof snippetsOf>) =>
    (await snippets.find(db, ofAccount, { account: viewer })).map(snapshotOf),
};

async function create(
  context: CommandContext,
  { actor, title, text }: Input<typeof createSnippet>,
): Promise<SnippetSnapshot> {
  const { db } = context;
  await requireActor(db, actor);
  if ((await numberOf(db, countOf, { account: actor })) >= MAX_SNIPPETS) {
    throw new CarillonError('unprocessable', `an account has at most ${MAX_SNIPPETS} saved snippets`);
  }
  const row = { id: context.nextId(), account: actor, title, text, created_at: context.now };
  check(row);
  await snippets.insert(db, row);
  context.answerRepeatsWith({ id: row.id });
  return tell(context, 'snippet.added', row);
}

async function edit(
  context: CommandContext,
  { actor, id, title, text }: Input<typeof editSnippet>,
): Promise<SnippetSnapshot> {
  await requireActor(context.db, actor);
  const before = await requireOwn(context.db, actor, id);
  const row = { ...before, title: title ?? before.title, text: text ?? before.text };
  check(row);
  await snippets.put(context.db, row);
  return tell(context, 'snippet.updated', row);
}

async function remove(context: CommandContext, { actor, id }: Input<typeof deleteSnippet>): Promise<undefined> {
  await requireOwn(context.db, actor, id);
  await snippets.remove(context.db, { id });
  context.eraseSubject(subjectOf(id));
  const data = { account: actor, snippet: id };
  announce(context, { type: 'snippet.removed', topics: [accountTopic(actor)], data });
}

function check({ title, text }: SnippetRow): void {
  if (title.trim() === '' || title.length > MAX_TITLE) {
    throw new CarillonError('unprocessable', `the title of a saved snippet has 1 to ${MAX_TITLE} letters`);
  }
  if (text.trim() === '' || text.length > MAX_LETTERS) {
    throw new CarillonError('unprocessable', `a saved snippet has 1 to ${MAX_LETTERS} letters`);
  }
}

function tell(context: CommandContext, type: 'snippet.added' | 'snippet.updated', row: SnippetRow): SnippetSnapshot {
  const snippet = snapshotOf(row);
  const subjects = [subjectOf(row.id), `account:${row.account}`];
  announce(context, { type, topics: [accountTopic(row.account)], subjects, data: { snippet } });
  return snippet;
}

function snapshotOf({ id, account, title, text, created_at }: SnippetRow): SnippetSnapshot {
  return { id, account, title, text, createdAt: created_at };
}

async function requireOwn(db: Database, account: number, id: number): Promise<SnippetRow> {
  const row = await snippets.get(db, { id });
  if (row?.account === account) return row;
  throw new CarillonError('not-found', `there is no saved snippet ${id}`);
}

function subjectOf(id: number): string {
  return `snippet:${id}`;
}
