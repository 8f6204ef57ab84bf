import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createQueue,
  deletePost,
  dropForgottenQueues,
  editPost,
  follow,
  queueOf,
  react,
} from '../../../domain/index.ts';
import { type OpenDomain, openDomain } from '../../../domain/testing/open-domain.ts';
import { createHub, type Hub } from '../../../hub/index.ts';
import { createViews, type Views } from '../../../view/index.ts';
import { storeOptions } from './queue-options.ts';
import { type Answer, type Poll, Queues } from './queues.ts';

let dataDir: string;
let domain: OpenDomain;
let hub: Hub;
let views: Views;
let queues: Queues;
let now = Date.UTC(2026, 10, 25);
let juliet = 0;
let romeo = { id: 0, name: '', channel: 0 };
let people = 0;

async function open(): Promise<void> {
  domain = await openDomain(dataDir);
  const { log } = domain;
  const failed = (error: unknown): never => {
    throw error;
  };
  views = createViews({ log, commands: log, now: () => now, failed });
  hub = createHub({ log });
  const site = () => ({ baseUrl: 'https://social.example', domain: 'social.example' });
  queues = new Queues({ hub, log, views, commands: log, now: () => now, failed, site });
}

async function close(): Promise<void> {
  queues.close();
  hub.close();
  views.close();
  await domain[Symbol.asyncDispose]();
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'carillon-queues-'));
  await open();
});

beforeEach(async () => {
  people++;
  const [first, second] = await domain.accounts(`juliet${people}`, `romeo${people}`);
  juliet = first.id;
  romeo = { id: second.id, name: `romeo${people}`, channel: second.channel };
  await domain.run(follow, { actor: juliet, target: romeo.id });
});

afterAll(async () => {
  await close();
  rmSync(dataDir, { recursive: true, force: true });
});

const register = (options = {}, account = juliet, idleAfterS = 600) =>
  queues.create({ account, position: domain.log.head.position, options, idleAfterS }).then(({ id }) => id);

function ask(queue: string, after: number, more: Partial<Poll> = {}): Promise<Answer> {
  const { signal } = new AbortController();
  return queues.ask({ account: juliet, queue, after, waitMs: 30_000, signal, isValid: () => true, ...more });
}

const texts = ({ events }: Answer) => events.map((event) => Object(event['message']).content);

describe('a queue', () => {
  it('gives what comes after it was made, again until the client names a later position', async () => {
    await domain.post(romeo.id, 'before');
    const queue = await register();
    await domain.post(romeo.id, 'first');
    await domain.post(romeo.id, 'second');

    const answer = await ask(queue, -1);

    expect(texts(answer)).toEqual(['first', 'second']);
    expect(texts(await ask(queue, -1))).toEqual(['first', 'second']);
    expect(texts(await ask(queue, answer.events[0]?.id ?? 0))).toEqual(['second']);
    expect(texts(await ask(queue, answer.upTo, { waitMs: 0 }))).toEqual([]);
  });

  it('waits for what comes, and for what a follow lets it hear meanwhile', async () => {
    const queue = await register();
    const { id: nurse } = await domain.account('nurse');
    const waiting = ask(queue, -1);
    await domain.post(nurse, 'not followed');
    await domain.run(follow, { actor: juliet, target: nurse });
    await domain.post(nurse, 'followed');

    expect(texts(await waiting)).toEqual(['followed']);
  });

  it('outlives the process, and so does what was not heard', async () => {
    const queue = await register({ markdown: true });
    await domain.post(romeo.id, 'before the end');
    await close();
    await open();
    now += 3_600_000;

    const answer = await ask(queue, -1);

    expect(answer.events).toMatchObject([{ message: { content_type: 'text/html' } }]);
    expect(String(texts(answer))).toContain('before the end');
    // A queue that is made now never gets the name of one that was.
    expect(await register()).not.toBe(queue);
  });

  it('is nobody else’s, and is the same to them as none', async () => {
    const queue = await register();
    const questions: Partial<Poll>[] = [
      { account: romeo.id },
      { queue: queue.replace(/\d+$/, '99') },
      { queue: `x${queue}` },
      { queue: '' },
      { after: domain.log.head.position + 1 },
    ];
    for (const question of questions) {
      await expect(ask(queue, -1, { waitMs: 0, ...question })).rejects.toMatchObject({
        manner: { code: 'BAD_EVENT_QUEUE_ID' },
      });
    }
    await expect(queues.end(romeo.id, queue)).rejects.toMatchObject({ manner: { code: 'BAD_EVENT_QUEUE_ID' } });
    expect(texts(await ask(queue, -1, { waitMs: 0 }))).toEqual([]);
  });

  it('has one waiting poll: the next one takes over, and its end ends it', async () => {
    const queue = await register();
    const first = ask(queue, -1);
    const second = ask(queue, -1);
    expect(await first).toMatchObject({ events: [], isSuperseded: true });
    await queues.end(juliet, queue);

    expect(await second).toMatchObject({ events: [], isSuperseded: true });
    await expect(ask(queue, -1)).rejects.toMatchObject({ manner: { code: 'BAD_EVENT_QUEUE_ID' } });
    await expect(queues.end(juliet, queue)).rejects.toMatchObject({ manner: { code: 'BAD_EVENT_QUEUE_ID' } });
  });

  it('does not show what was deleted meanwhile', async () => {
    const queue = await register();
    const { post } = await domain.post(romeo.id, 'a text that goes');
    await domain.run(deletePost, { actor: romeo.id, id: post.id });

    const { events } = await ask(queue, -1);

    expect(events.map(({ type }) => type)).toEqual(['delete_message']);
    expect(JSON.stringify(events)).not.toContain('a text');
  });

  it('hears of public posts of strangers when it wants to, once', async () => {
    const [own, all] = [await register(), await register({ allPublic: true })];
    const { id: stranger } = await domain.account('stranger');
    await domain.post(stranger, 'of a stranger');
    await domain.post(romeo.id, 'of a friend');

    expect(texts(await ask(own, -1))).toEqual(['of a friend']);
    expect(texts(await ask(all, -1))).toEqual(['of a stranger', 'of a friend']);
  });
});

describe('what a queue is told', () => {
  it('is what happens to messages, of the types that it wants', async () => {
    const [all, few] = [await register(), await register({ types: ['reaction', 'nonsense'] })];
    const { post } = await domain.post(romeo.id, '@juliet good night', { mentions: [juliet] });
    const body = { source: { format: 'plain', text: '/me leaves' } as const, html: '<p>leaves</p>', text: 'leaves' };
    const rest = { mentions: [], tags: [], language: null, sensitive: false, warning: '', media: [] };
    await domain.run(editPost, { actor: romeo.id, id: post.id, body: { ...body, ...rest } });
    await domain.run(react, { actor: juliet, id: post.id, emoji: '🌹', name: 'rose', on: true });
    await domain.run(react, { actor: juliet, id: post.id, emoji: '🌹', name: 'rose', on: false });
    const reactions = (await ask(few, -1)).events;
    await domain.run(deletePost, { actor: romeo.id, id: post.id });
    await domain.post(romeo.id, 'a riddle', { visibility: 'direct', mentions: [juliet] });

    const { events } = await ask(all, -1);

    const about = { message_id: post.id };
    expect(reactions).toMatchObject([
      { type: 'reaction', op: 'add', ...about, emoji_name: 'rose', emoji_code: '1f339', user_id: juliet },
      { type: 'reaction', op: 'remove', ...about, reaction_type: 'unicode_emoji' },
    ]);
    // What was done with a message that is gone is gone too.
    expect(events).toMatchObject([
      { type: 'delete_message', ...about, message_type: 'stream', stream_id: romeo.channel },
      {
        type: 'message',
        flags: [],
        message: {
          type: 'private',
          sender_email: `${romeo.name}@social.example`,
          content: 'a riddle',
          content_type: 'text/x-markdown',
          display_recipient: [{ id: juliet }, { id: romeo.id }],
        },
      },
    ]);
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted((a, b) => a - b));
  });

  it('tells of a message and of its edit while it stands', async () => {
    const queue = await register({ gravatar: true });
    const { post } = await domain.post(romeo.id, '@juliet good night', { mentions: [juliet] });
    const body = { source: { format: 'plain', text: '/me leaves' } as const, html: '<p>leaves</p>', text: 'leaves' };
    const rest = { mentions: [], tags: [], language: null, sensitive: false, warning: '', media: [] };
    await domain.run(editPost, { actor: romeo.id, id: post.id, body: { ...body, ...rest } });

    const { events } = await ask(queue, -1);

    expect(events).toMatchObject([
      {
        type: 'message',
        flags: ['mentioned'],
        message: {
          id: post.id,
          type: 'stream',
          display_recipient: `@${romeo.name}`,
          subject: 'general chat',
          avatar_url: null,
        },
      },
      { type: 'update_message', message_id: post.id, content: '/me leaves', is_me_message: true, flags: [] },
    ]);
  });
});

describe('the store of queues', () => {
  it('keeps so many for an account, those that were used last', async () => {
    const wish = { account: juliet, since: 0, options: storeOptions({}), idleAfterS: 600, most: 2 };
    const ids: number[] = [];
    for (let count = 0; count < 3; count++) ids.push((await domain.run(createQueue, wish)).id);

    const found = await Promise.all(ids.map((id) => domain.ask(queueOf, { account: juliet, id })));

    expect(found.map((queue) => queue?.id)).toEqual([undefined, ids[1], ids[2]]);
  });

  it('drops those that were idle for long enough', async () => {
    const wish = { account: juliet, since: 0, options: storeOptions({}), most: 9 };
    const short = await domain.run(createQueue, { ...wish, idleAfterS: 0 });
    const long = await domain.run(createQueue, { ...wish, idleAfterS: 600 });

    expect(await domain.run(dropForgottenQueues, { keepS: -1, limit: 10 })).toBe(1);
    expect(await domain.ask(queueOf, { account: juliet, id: short.id })).toBeUndefined();
    expect(await domain.ask(queueOf, { account: juliet, id: long.id })).toMatchObject({ id: long.id });
  });
});
