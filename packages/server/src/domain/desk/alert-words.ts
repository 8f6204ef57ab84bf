import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  alertWords,
  announce,
  type CommandContext,
  type Database,
  type Message,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { addAlertWords, alertWordsOf, MAX_ALERT_WORDS, removeAlertWords } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_LETTERS = 100;

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('alert_words').selectAll().where('account', '=', account).orderBy('folded'),
);

export const alertWordCommands = {
  [addAlertWords.name]: async (context: CommandContext, { actor, words }: Input<typeof addAlertWords>) => {
    const { db } = context;
    await requireActor(db, actor);
    const before = await listWords(db, actor);
    const known = new Set(before.map(fold));
    for (const word of words.map((each) => each.trim())) {
      if (word.length > MAX_LETTERS) {
        throw new CarillonError('unprocessable', `an alert word has at most ${MAX_LETTERS} letters`);
      }
      const folded = fold(word);
      if (folded === '' || known.has(folded)) continue;
      known.add(folded);
      await alertWords.insert(db, { account: actor, folded, word });
    }
    if (known.size > MAX_ALERT_WORDS) {
      throw new CarillonError('unprocessable', `an account has at most ${MAX_ALERT_WORDS} alert words`);
    }
    return tell(context, actor, before);
  },
  [removeAlertWords.name]: async (context: CommandContext, { actor, words }: Input<typeof removeAlertWords>) => {
    const { db } = context;
    await requireActor(db, actor);
    const before = await listWords(db, actor);
    for (const word of words) await alertWords.remove(db, { account: actor, folded: fold(word.trim()) });
    return tell(context, actor, before);
  },
};

export const alertWordQueries = {
  [alertWordsOf.name]: (db: Database, { viewer }: Input<typeof alertWordsOf>) => listWords(db, viewer),
};

/** Nothing is told when there is nothing new. */
async function tell(context: CommandContext, account: number, before: readonly string[]): Promise<readonly string[]> {
  const words = await listWords(context.db, account);
  if (words.length === before.length) return words;
  // Words that it looks for no more are nobody's business.
  context.eraseSubject(subjectOf(account));
  announce(context, {
    type: 'alert-words.changed',
    topics: [accountTopic(account)],
    subjects: [subjectOf(account), `account:${account}`],
    data: { account, words },
  });
  return words;
}

async function listWords(db: Database, account: number): Promise<readonly string[]> {
  return (await alertWords.find(db, ofAccount, { account })).map(({ word }) => word);
}

function fold(word: string): string {
  return word.toLowerCase();
}

function subjectOf(account: number): string {
  return `alert-words:${account}`;
}
