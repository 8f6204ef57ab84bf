import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type DraftPlace,
  type DraftRow,
  type DraftSnapshot,
  drafts,
  type Message,
  numberOf,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { createDrafts, deleteDraft, draftsOf, editDraft, MAX_DRAFTS, type NewDraft } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_LETTERS = 100_000;
const MAX_TOPIC = 200;
const MAX_RECIPIENTS = 64;

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('drafts').selectAll().where('account', '=', account).orderBy('edited_at').orderBy('id'),
);
const countOf = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('drafts')
    .select((is) => is.fn.countAll<number>().as('n'))
    .where('account', '=', account),
);

export const draftCommands = {
  [createDrafts.name]: create,
  [editDraft.name]: edit,
  [deleteDraft.name]: remove,
};

export const draftQueries = {
  [draftsOf.name]: async (db: Database, { viewer }: Input<typeof draftsOf>) =>
    (await drafts.find(db, ofAccount, { account: viewer })).map(snapshotOf),
};

async function create(
  context: CommandContext,
  { actor, drafts: wanted }: Input<typeof createDrafts>,
): Promise<readonly DraftSnapshot[]> {
  const { db } = context;
  await requireActor(db, actor);
  if ((await numberOf(db, countOf, { account: actor })) + wanted.length > MAX_DRAFTS) {
    throw new CarillonError('unprocessable', `an account has at most ${MAX_DRAFTS} drafts`);
  }
  const made: DraftSnapshot[] = [];
  for (const draft of wanted) {
    const row = { id: context.nextId(), account: actor, ...columnsOf(context, draft) };
    await drafts.insert(db, row);
    made.push(tell(context, 'draft.added', row));
  }
  context.answerRepeatsWith(made.map(({ id }) => ({ id })));
  return made;
}

async function edit(context: CommandContext, { actor, id, draft }: Input<typeof editDraft>): Promise<DraftSnapshot> {
  await requireActor(context.db, actor);
  const before = await requireOwn(context.db, actor, id);
  const row = { ...before, ...columnsOf(context, draft) };
  await drafts.put(context.db, row);
  return tell(context, 'draft.updated', row);
}

async function remove(context: CommandContext, { actor, id }: Input<typeof deleteDraft>): Promise<undefined> {
  await requireOwn(context.db, actor, id);
  await drafts.remove(context.db, { id });
  context.eraseSubject(subjectOf(id));
  const data = { account: actor, draft: id };
  announce(context, { type: 'draft.removed', topics: [accountTopic(actor)], data });
}

function tell(context: CommandContext, type: 'draft.added' | 'draft.updated', row: DraftRow): DraftSnapshot {
  const draft = snapshotOf(row);
  const subjects = [subjectOf(row.id), `account:${row.account}`];
  announce(context, { type, topics: [accountTopic(row.account)], subjects, data: { draft } });
  return draft;
}

function columnsOf({ now }: CommandContext, { to, topic, text, editedAt = now }: NewDraft) {
  if (text.trim() === '' || text.length > MAX_LETTERS) refuse(`a draft has 1 to ${MAX_LETTERS} letters`);
  if (topic.length > MAX_TOPIC) refuse(`the topic of a draft has at most ${MAX_TOPIC} letters`);
  if (!Number.isSafeInteger(editedAt) || editedAt < 0) refuse('a draft was edited at some time since 1970');
  const recipients = recipientsOf(to);
  if (recipients.length > MAX_RECIPIENTS) refuse(`a draft goes to at most ${MAX_RECIPIENTS} accounts`);
  return { kind: to.kind, recipients: JSON.stringify(recipients), topic, text, edited_at: editedAt };
}

function refuse(words: string): never {
  throw new CarillonError('unprocessable', words);
}

function recipientsOf(to: DraftPlace): readonly number[] {
  switch (to.kind) {
    case 'none':
      return [];
    case 'direct':
      return to.accounts;
    case 'channel':
      return [to.channel];
  }
}

function snapshotOf({ id, account, kind, recipients, topic, text, edited_at }: DraftRow): DraftSnapshot {
  return { id, account, to: placeOf(kind, JSON.parse(recipients)), topic, text, editedAt: edited_at };
}

function placeOf(kind: DraftRow['kind'], recipients: readonly number[]): DraftPlace {
  switch (kind) {
    case 'none':
      return { kind };
    case 'direct':
      return { kind, accounts: recipients };
    case 'channel':
      return { kind, channel: recipients[0] ?? 0 };
  }
}

async function requireOwn(db: Database, account: number, id: number): Promise<DraftRow> {
  const row = await drafts.get(db, { id });
  if (row?.account === account) return row;
  throw new CarillonError('not-found', `there is no draft ${id}`);
}

function subjectOf(id: number): string {
  return `draft:${id}`;
}
