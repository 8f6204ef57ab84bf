import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@carillon/conformance';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadSettings, type RunningServer, startServer } from '../../src/index.ts';
import { DEADLINE_MS } from '../events/deadline.ts';
import { READERS } from '../events/order-readers.ts';
import { ask } from '../events/requests.ts';
import { RawStream } from '../events/sse-client.ts';
import { WsClient } from '../events/ws-client.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Member {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly channel: string;
}

let server: RunningServer;
let directory: string;
let admin: string;
let count = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-native-'));
  const presets = { 'storage.dataDir': directory, 'server.port': 0, 'log.level': 'error' };
  const loaded = loadSettings({ env: {}, presets });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  server = await startServer(loaded.settings, { dev: true });
  admin = server.dev?.adminToken ?? '';
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

async function call(token: string, path: string, body: object = {}, method = 'POST'): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(`${server.url}${path}`, { method, token, headers, body: JSON.stringify(body) });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  // What the tests of these calls hold the server to.
  return answer.body as Record<string, string>;
}

async function member(name: string): Promise<Member> {
  const { id = '', channel } = await call(admin, '/admin/accounts', { name });
  const { token = '' } = await call(admin, `/admin/accounts/${name}/tokens`, { scopes: ['read', 'write', 'follow'] });
  return { id, name, token, channel: `channel:${channel}` };
}

/** A reader who follows an author. */
async function pair(): Promise<{ readonly reader: Member; readonly author: Member }> {
  const [reader, author] = [await member(`reader${++count}`), await member(`author${count}`)];
  await relate(reader, 'follow', author);
  return { reader, author };
}

const relate = (who: Member, verb: string, whom: Member) => call(who.token, `/api/v1/accounts/${whom.id}/${verb}`);
const say = (who: Member, status: string) => call(who.token, '/api/v1/statuses', { status });

/** Texts of the posts among the data of events. */
function texts(heard: readonly unknown[]): string[] {
  return heard.flatMap((data) => {
    const { post } = (data ?? {}) as { post?: { text?: string } };
    return post?.text === undefined ? [] : [post.text];
  });
}

describe.each(Object.keys(READERS))('%s of a channel', (kind) => {
  const open = (topic: string, token: string) => {
    const reader = READERS[kind]?.(server.url, topic, token);
    if (!reader) throw new Error(`there is no reader ${kind}`);
    return reader;
  };

  it.each([
    [
      'unfollowing',
      async ({ reader, author }: { reader: Member; author: Member }) => relate(reader, 'unfollow', author),
    ],
    ['blocking', async ({ reader, author }: { reader: Member; author: Member }) => relate(reader, 'block', author)],
    [
      'being blocked',
      async ({ reader, author }: { reader: Member; author: Member }) => relate(author, 'block', reader),
    ],
    ['a suspension', async ({ reader }: { reader: Member }) => call(admin, `/admin/accounts/${reader.name}/suspend`)],
  ])('ends with %s, before the very next event', async (_, part) => {
    const people = await pair();
    const { reader, author } = people;
    const listener = open(author.channel, reader.token);
    expect(await listener.connect()).toBe(true);
    await say(author, 'before');
    await until(() => texts(listener.heard).length === 1, 'the first post', DEADLINE_MS);

    await part(people);
    await say(author, 'after');

    await until(() => listener.ended, 'the connection is closed', DEADLINE_MS);
    expect(texts(listener.heard)).toEqual(['before']);
    listener.disconnect();
    expect(await listener.connect()).toBe(false);
    listener.disconnect();
  });

  it('is refused to strangers, and to whatever the grants of an app name', async () => {
    const { author } = await pair();
    const stranger = await member(`stranger${++count}`);
    const { token: app = '' } = await call(admin, '/admin/tokens', {
      subscribe: ['channel:*', 'channel-meta:*', 'account:*', 'public'],
      ttl: 600,
    });

    for (const token of [stranger.token, app]) {
      for (const topic of [author.channel, author.channel.replace('channel', 'channel-meta'), `account:${author.id}`]) {
        const listener = open(topic, token);
        expect(await listener.connect(), topic).toBe(false);
        listener.disconnect();
      }
    }
    const listener = open('public', app);
    expect(await listener.connect()).toBe(true);
    listener.disconnect();
  });

  it('goes without those whom the account mutes, and without other languages than it chose where all may read', async () => {
    const { reader, author } = await pair();
    const muted = await member(`muted${++count}`);
    await relate(reader, 'mute', muted);
    const [mine, publicly, other] = [
      open(author.channel, reader.token),
      open('public', reader.token),
      open('public', author.token),
    ];
    for (const listener of [mine, publicly, other]) expect(await listener.connect()).toBe(true);
    const mark = `mark ${count}`;

    await say(muted, `muted ${mark}`);
    await say(author, `@${muted.name} ${mark}`);
    await say(author, mark);

    for (const listener of [mine, publicly, other]) {
      await until(() => texts(listener.heard).includes(mark), 'the last post', DEADLINE_MS);
      listener.disconnect();
    }
    const ofThis = (heard: readonly unknown[]) => texts(heard).filter((text) => text.includes(mark));
    expect(ofThis(mine.heard)).toEqual([mark]);
    expect(ofThis(publicly.heard)).toEqual([mark]);
    expect(ofThis(other.heard)).toEqual([`muted ${mark}`, `@${muted.name} ${mark}`, mark]);
  });
});

describe('a channel among other topics', () => {
  it('is lost and regained with the membership, over SSE and WebSocket, and never shows what came between', async () => {
    const { reader, author } = await pair();
    const topics = [author.channel, reader.channel];
    using stream = new RawStream(server.url, `/v1/events?topic=${topics.join('&topic=')}`, {
      Authorization: `Bearer ${reader.token}`,
    });
    using socket = new WsClient(server.url, reader.token);
    await stream.until(({ blocks }) => blocks.length >= 2, 'the start');
    expect(await socket.ask({ type: 'subscribe', topics })).toMatchObject({ type: 'subscribed' });

    await say(author, 'one');
    await relate(reader, 'unfollow', author);
    await say(author, 'two');
    await relate(reader, 'follow', author);
    await say(author, 'three');
    await relate(reader, 'unfollow', author);
    await say(author, 'four');
    await say(reader, 'end');

    const streamed = () => texts(stream.messages.map(({ data }) => JSON.parse(data ?? '').data));
    await stream.until(() => streamed().includes('end'), 'the end over SSE');
    await socket.until(({ data }) => texts(data).includes('end'), 'the end over WebSocket');
    expect(streamed()).toEqual(['one', 'three', 'end']);
    expect(texts(socket.data)).toEqual(['one', 'three', 'end']);
  });
});

describe('what is told of a post', () => {
  it('is its public form, whoever stored what beside it', async () => {
    const { reader, author } = await pair();
    const listener = READERS['sse']?.(server.url, author.channel, reader.token);
    await listener?.connect();

    await say(author, 'a **rose**');

    await until(() => listener?.heard.length === 1, 'the post', DEADLINE_MS);
    const [data] = listener?.heard ?? [];
    expect(data).toMatchObject({ post: { author: { name: author.name }, visibility: 'public' } });
    expect(JSON.stringify(data)).not.toMatch(/"source"|email|doers/);
    listener?.disconnect();
  });
});
