import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  type BotStorageRow,
  botStorage,
  type CommandContext,
  type Database,
  type Message,
  numberOf,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { botStorageOf, MAX_BOT_STORAGE_BYTES, putBotStorage, removeBotStorage } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_KEY_BYTES = 1_000;

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('bot_storage').selectAll().where('account', '=', account).orderBy('key'),
);
const byKeys = statement<{ account: number; keys: string }>((db, { account, keys }) =>
  db
    .selectFrom('bot_storage')
    .selectAll()
    .where('account', '=', account)
    .where('key', 'in', sql<string>`(SELECT value FROM json_each(${keys}))`)
    .orderBy('key'),
);
const bytesOf = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('bot_storage')
    .select(sql<number>`SUM(octet_length(key) + octet_length(value))`.as('n'))
    .where('account', '=', account),
);

export const botStorageCommands = {
  [putBotStorage.name]: async ({ db }: CommandContext, { actor, entries }: Input<typeof putBotStorage>) => {
    await requireActor(db, actor);
    for (const [key, value] of Object.entries(entries)) {
      if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw tooLarge('the key of an entry', MAX_KEY_BYTES);
      await botStorage.put(db, { account: actor, key, value });
    }
    const used = await numberOf(db, bytesOf, { account: actor });
    if (used > MAX_BOT_STORAGE_BYTES) throw tooLarge('what an account stores', MAX_BOT_STORAGE_BYTES);
  },
  [removeBotStorage.name]: async ({ db }: CommandContext, { actor, keys }: Input<typeof removeBotStorage>) => {
    await requireActor(db, actor);
    const rows = await find(db, actor, keys);
    const missing = keys?.find((key) => !rows.some((row) => row.key === key));
    if (missing !== undefined) throw new CarillonError('not-found', 'there is no entry of this key');
    for (const row of rows) await botStorage.remove(db, row);
  },
};

export const botStorageQueries = {
  [botStorageOf.name]: async (db: Database, { viewer, keys }: Input<typeof botStorageOf>) =>
    new Map((await find(db, viewer, keys)).map(({ key, value }) => [key, value])),
};

function find(db: Database, account: number, keys?: readonly string[]): Promise<readonly BotStorageRow[]> {
  if (keys === undefined) return botStorage.find(db, ofAccount, { account });
  return botStorage.find(db, byKeys, { account, keys: JSON.stringify(keys) });
}

function tooLarge(what: string, limit: number): CarillonError {
  return new CarillonError('too-large', `${what} has at most ${limit} bytes`, { facts: { limit } });
}
