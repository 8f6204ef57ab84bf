import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@carillon/core';
import { type Log, openLog } from '../../log/index.ts';
import { type Message, STORAGE_DEFAULTS, type StorageSettings } from '../../storage/index.ts';
import { THREADS } from '../../threads.ts';
import {
  type AccountView,
  createAccount,
  createPost,
  type NewAccount,
  type NewPost,
  type PostBody,
  type PostView,
} from '../index.ts';

export interface OpenDomain extends AsyncDisposable {
  readonly dataDir: string;
  readonly log: Log;
  /** Every event since the log was opened, in order. */
  readonly heard: readonly Event[];
  /** Runs a command and gives its answer. */
  run<Input, Result>(message: Message<Input, Result>, input: Input): Promise<Result>;
  /** Runs a query and gives its rows. */
  ask<Input, Rows>(message: Message<Input, Rows>, input: Input): Promise<Rows>;
  /** Makes a local account. */
  account(name: string, options?: Partial<NewAccount>): Promise<AccountView>;
  /** Makes several, in the order of their names. */
  accounts<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ readonly [Index in keyof Names]: AccountView }>;
  /** Posts a text, public unless told otherwise; mentions and tags are only those that are given. */
  post(actor: number, text: string, options?: PostOptions): Promise<PostView>;
  /** The types of what was heard since a number of events, with what they say. */
  since(
    count: number,
  ): readonly { readonly type: string; readonly topics: readonly string[]; readonly data: unknown }[];
}

export type PostOptions = Partial<Omit<NewPost, 'actor' | 'body'>> & Partial<Omit<PostBody, 'text' | 'html'>>;

/** A real log with every command and query of the domain, in a folder of its own or in one that is there. */
export async function openDomain(dataDir?: string, settings: Partial<StorageSettings> = {}): Promise<OpenDomain> {
  const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'carillon-domain-'));
  const log = await openLog({
    settings: { ...STORAGE_DEFAULTS, directory, readerThreads: 1, ...settings },
    threads: THREADS,
  });
  const heard: Event[] = [];
  log.onAdvance((events) => heard.push(...events));
  const open: OpenDomain = {
    dataDir: directory,
    log,
    heard,
    run: async (message, input) => (await log.run(message, input)).result,
    ask: async (message, input) => (await log.query(message, input)).rows,
    account: (name, options = {}) =>
      open.run(createAccount, {
        input: {
          name,
          kind: 'person',
          role: 'member',
          displayName: '',
          email: `${name}@example.org`,
          ...options,
        },
        entry: { actor: 'test', action: 'accounts.create', target: name },
      }),
    async accounts(...names) {
      const made: AccountView[] = [];
      for (const name of names) made.push(await open.account(name));
      // One for each name, in their order.
      return made as unknown as { readonly [Index in keyof typeof names]: AccountView };
    },
    post: (actor, text, options = {}) => open.run(createPost, newPost(actor, text, options)),
    since: (count) =>
      heard.slice(count).map(({ type, topics, data, erased }) => ({
        type,
        topics,
        data: erased ? undefined : JSON.parse(Buffer.from(data).toString('utf8')),
      })),
    async [Symbol.asyncDispose]() {
      await log.close();
      if (dataDir === undefined) rmSync(directory, { recursive: true });
    },
  };
  return open;
}

/** A body with nothing but a text. */
export function plainBody(text: string, options: Partial<PostBody> = {}): PostBody {
  return {
    source: { format: 'plain', text },
    html: text === '' ? '' : `<p>${text}</p>`,
    text,
    mentions: [],
    tags: [],
    language: null,
    sensitive: false,
    warning: '',
    media: [],
    ...options,
  };
}

function newPost(actor: number, text: string, options: PostOptions): NewPost {
  const { visibility = 'public', replyTo, channel, topic, readBySender, ...rest } = options;
  const { application, origin, createdAt, ...body } = rest;
  return {
    actor,
    visibility,
    body: plainBody(text, body),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(channel === undefined ? {} : { channel }),
    ...(topic === undefined ? {} : { topic }),
    ...(readBySender === undefined ? {} : { readBySender }),
    ...(application === undefined ? {} : { application }),
    ...(origin === undefined ? {} : { origin }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}
