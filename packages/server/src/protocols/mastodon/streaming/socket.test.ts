import { formatToken } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entityOf, MastodonSocket, wordsOf } from '../../../../test/mastodon/streaming-clients.ts';
import { type StreamingServer, startStreaming } from '../../../../test/mastodon/streaming-harness.ts';
import {
  changeListMembers,
  createFilter,
  createList,
  deleteList,
  deletePost,
  follow,
  mute,
  suspendAccount,
} from '../../../domain/index.ts';
import type { OpenDomain } from '../../../domain/testing/open-domain.ts';
import * as entities from '../entities/testing/schemas.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: StreamingServer;
let count = 0;

beforeAll(async () => {
  server = await startStreaming({ listener: { heartbeatMs: 400 }, maxSubscriptions: 5 });
});

afterAll(async () => {
  const { failures } = server;
  await server[Symbol.asyncDispose]();
  expect(failures).toEqual([]);
});

const run: OpenDomain['run'] = (message, input) => server.domain.run(message, input);
const post: OpenDomain['post'] = (actor, text, options) => server.domain.post(actor, text, options);

interface Person {
  readonly id: number;
  readonly token: string;
}

async function person(name: string): Promise<Person> {
  const { id } = await server.domain.account(`${name}${++count}`);
  return { id, token: await server.token(id) };
}

async function connect({ token }: Person, query = ''): Promise<MastodonSocket> {
  return new MastodonSocket(server.url, token, query).until(({ open }) => open, 'an open socket');
}

function here(): string {
  return formatToken(server.domain.log.head);
}

describe('frames', () => {
  it('name their stream, say everything as text, and carry a position', async () => {
    const juliet = await person('juliet');
    using socket = await connect(juliet);
    await socket.subscribe({ stream: 'hashtag', tag: 'VÉRONA' });
    const { post: made } = await post(juliet.id, 'in "fair" verona', { tags: ['verona'] });
    const created = here();
    await run(deletePost, { actor: juliet.id, id: made.id });
    await socket.until(({ texts }) => texts.length === 3, 'both');
    const [, update = '', gone] = socket.texts;
    const { payload } = JSON.parse(update);

    expect(update).toBe(JSON.stringify({ stream: ['hashtag', 'VÉRONA'], event: 'update', payload, id: created }));
    expect(gone).toBe(
      JSON.stringify({ stream: ['hashtag', 'VÉRONA'], event: 'delete', payload: String(made.id), id: here() }),
    );
    expect(JSON.parse(payload)).toMatchObject({
      id: String(made.id),
      content: '<p>in "fair" verona</p>',
      filtered: [],
    });
  });

  it('of one event come once for each stream that has it', async () => {
    const juliet = await person('juliet');
    const romeo = await person('romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    using socket = await connect(juliet);
    for (const wish of [
      { stream: 'user' },
      { stream: 'public:local' },
      { stream: 'hashtag', tag: 'FöoBar' },
      { stream: 'hashtag', tag: 'foobar' },
      { stream: 'direct' },
    ]) {
      await socket.subscribe(wish);
    }
    await post(romeo.id, 'one', { tags: ['foobar'] });
    await socket.until(({ frames }) => frames.filter(({ event }) => event === 'update').length === 4, 'four');

    for (const stream of [['user'], ['public:local'], ['hashtag', 'FöoBar'], ['hashtag', 'foobar']]) {
      expect(socket.wordsOn(...stream)).toEqual(['update one']);
    }
    const home = socket.frames.find(({ stream, event }) => stream[0] === 'user' && event === 'update');
    entities.status.parse(home && entityOf(home));
    socket.say({ type: 'subscribe', stream: 'public' });
    await socket.until(({ texts }) => texts.at(-1)?.includes('error') ?? false, 'a refusal');
    expect(socket.frames.at(-1)).toEqual({ error: 'Too many subscriptions', status: 429 });
  });

  it('say that filters changed in a form that every client reads', async () => {
    const juliet = await person('juliet');
    using socket = await connect(juliet, 'stream=user');
    await socket.subscribe({ stream: 'user' });
    const filter = { title: 'f', contexts: ['home'], action: 'warn', keywords: [{ keyword: 'x' }] } as const;
    await run(createFilter, { actor: juliet.id, filter });
    await socket.until(({ texts }) => texts.length === 2, 'it');

    expect(socket.texts[1]).toBe(
      JSON.stringify({ stream: ['user'], event: 'filters_changed', payload: 'null', id: here() }),
    );
  });

  it('take back hidden posts one by one, with one position', async () => {
    const juliet = await person('juliet');
    const romeo = await person('romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    const made: string[] = [];
    for (const text of ['one', 'two']) made.unshift(String((await post(romeo.id, text)).post.id));
    using socket = await connect(juliet);
    await socket.subscribe({ stream: 'user' });
    await run(mute, { actor: juliet.id, target: romeo.id, on: true });
    await socket.until(({ frames }) => frames.filter(({ event }) => event === 'delete').length === 2, 'both');

    expect(socket.frames.slice(1).map(({ payload, id }) => [payload, id])).toEqual([
      [made[0], undefined],
      [made[1], here()],
    ]);
  });
});

describe('subscriptions', () => {
  it('end without ending others', async () => {
    const juliet = await person('juliet');
    const romeo = await person('romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    const { id: list } = await run(createList, { actor: juliet.id, title: 'l', replies: 'list', exclusive: false });
    await run(changeListMembers, { actor: juliet.id, id: list, add: [romeo.id] });
    using socket = await connect(juliet);
    for (const wish of [{ stream: 'user' }, { stream: 'list', list }, { stream: 'public' }])
      await socket.subscribe(wish);
    await post(romeo.id, 'one');
    socket.say({ type: 'unsubscribe', stream: 'public', ack: 'gone' });
    await socket.until(({ texts }) => texts.at(-1)?.includes('gone') ?? false, 'an answer');
    await post(romeo.id, 'two');
    await run(deleteList, { actor: juliet.id, id: list });
    await post(romeo.id, 'three');
    await socket.until((heard) => heard.wordsOn('user').length === 3, 'three');

    expect(socket.wordsOn('user')).toEqual(['update one', 'update two', 'update three']);
    expect(socket.wordsOn('list', list)).toEqual(['update one', 'update two']);
    expect(socket.wordsOn('public')).toEqual(['update one']);
    expect(socket.frames.filter(({ event }) => event === 'ended').map(({ payload }) => payload)).toEqual([
      JSON.stringify({ stream: ['list', list] }),
    ]);
  });

  it('are refused by frames that leave the connection open', async () => {
    const juliet = await person('juliet');
    const poor = { ...juliet, token: await server.token(juliet.id, ['profile']) };
    const romeo = await person('romeo');
    const { id: list } = await run(createList, { actor: romeo.id, title: 'l', replies: 'list', exclusive: false });
    using socket = await connect(juliet, `stream=list&list=${list}`);
    socket.say({ type: 'subscribe', stream: 'list', list, ack: 7 });
    using poorly = await connect(poor, 'stream=public');
    await socket.until(({ texts }) => texts.length === 2, 'both refusals');
    await poorly.until(({ texts }) => texts.length === 1, 'a refusal');

    const error = 'Not authorized to stream this list';
    expect(socket.frames).toEqual([
      { error, status: 401 },
      { error, status: 401, ack: 7 },
    ]);
    expect(poorly.frames).toEqual([{ error: 'Access token does not have the required scopes', status: 401 }]);
    expect(socket.open && poorly.open).toBe(true);
  });
});

describe('resuming', () => {
  it('goes on with each stream after the position that its frames had', async () => {
    const juliet = await person('juliet');
    const romeo = await person('romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    const before = here();
    await post(romeo.id, 'one');
    const after = here();
    await post(romeo.id, 'two');
    using socket = await connect(juliet, `stream=user&since=${before}`);
    await socket.subscribe({ stream: 'public:local', since: after });
    await post(romeo.id, 'three');
    await socket.until(
      (heard) => heard.wordsOn('public:local').length === 2 && heard.wordsOn('user').length === 3,
      'all',
    );

    expect(socket.wordsOn('user')).toEqual(['update one', 'update two', 'update three']);
    expect(socket.wordsOn('public:local')).toEqual(['update two', 'update three']);
  });

  it('says when something may be missing, in a frame that clients skip', async () => {
    const juliet = await person('juliet');
    using socket = await connect(juliet, 'stream=direct&since=nonsense');
    await socket.until(({ texts }) => texts.length === 1, 'the gap');
    const [{ stream, event, payload } = { stream: [0], event: '', payload: '{}' }] = socket.frames;

    expect({ stream, event }).toEqual({ stream: [], event: 'gap' });
    expect(JSON.parse(payload)).toMatchObject({ stream: ['direct'], reason: 'malformed', id: expect.any(String) });
  });
});

describe('a connection', () => {
  it('is pinged while it is quiet, answers pings, and says nothing else', async () => {
    using socket = await connect(await person('juliet'));
    await socket.ping();
    await socket.until(({ pings }) => pings > 1, 'pings');

    expect(socket.texts).toEqual([]);
    expect(socket.open).toBe(true);
  });

  it('closes at bytes', async () => {
    using socket = await connect(await person('juliet'));
    socket.say(Buffer.from('{"type":"subscribe","stream":"user"}'));
    await socket.until(({ code }) => code !== undefined, 'the end');

    expect(socket.code).toBe(1003);
    expect(socket.reason).toBe('The mastodon streaming server does not support binary messages');
  });

  it('closes without a code when its token is revoked, and no other', async () => {
    const juliet = await person('juliet');
    const other = { ...juliet, token: await server.token(juliet.id) };
    using first = await connect(juliet, 'stream=user');
    using second = await connect(other);
    await second.subscribe({ stream: 'user' });
    await server.revoke(juliet.token);
    await first.until(({ code }) => code !== undefined, 'the end');
    await post(juliet.id, 'still here');
    await second.until((heard) => heard.wordsOn('user').length === 1, 'the post');

    expect(first.code).toBe(1005);
    expect(first.frames.map(wordsOf)).toEqual([]);
  });

  it('closes without a code when its account is suspended', async () => {
    const juliet = await person('juliet');
    using socket = await connect(juliet);
    await socket.subscribe({ stream: 'user' });
    const entry = { actor: 'test', action: 'test', target: 'juliet' };
    await run(suspendAccount, { input: { account: juliet.id }, entry });
    await socket.until(({ code }) => code !== undefined, 'the end');

    expect(socket.code).toBe(1005);
  });

  it('is told to come back when the server goes', async () => {
    const going = await startStreaming();
    const { id } = await going.domain.account('juliet');
    using socket = new MastodonSocket(going.url, await going.token(id), 'stream=user');
    await socket.until(({ open }) => open, 'an open socket');
    await going.listener.drain(10);
    await socket.until(({ code }) => code !== undefined, 'the end');
    await going[Symbol.asyncDispose]();

    expect(socket.code).toBe(1012);
  });
});
