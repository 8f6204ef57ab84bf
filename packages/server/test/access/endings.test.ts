import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask, makePerson, type Person } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { EARS, type Ear, eventStream, type Listening } from './ears.ts';
import { type ManyStreams, openStreams } from './many-streams.ts';
import { signIn } from './sign-in.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const DEADLINE_MS = 20_000;
const PASSWORD = 'what light through yonder window';

let data: string;
let server: ServerProcess;
let number = 0;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'carillon-endings-'));
  server = await startServerProcess(data);
});

afterAll(async () => {
  await server.stop();
  await rm(data, { recursive: true, force: true });
});

const admin = (method: string, path: string, body?: object) =>
  ask(server, server.credentials.adminToken, body ? [method, path, body] : [method, path]);
const relate = (who: Person, verb: string, whom: Person) =>
  ask(server, who.token, ['POST', `/api/v1/accounts/${whom.id}/${verb}`, {}]);
const suspend = ({ name }: Person) => admin('POST', `/admin/accounts/${name}/suspend`);
const restore = ({ name }: Person) => admin('POST', `/admin/accounts/${name}/restore`);

async function say({ token }: Person, status: string, visibility = 'public'): Promise<string> {
  return ((await ask(server, token, ['POST', '/api/v1/statuses', { status, visibility }])) as { id: string }).id;
}

/** Two readers and whom they follow. */
async function company(): Promise<{ readonly reader: Person; readonly other: Person; readonly author: Person }> {
  const [reader, other, author] = [
    await makeReader(`reader${++number}`),
    await makePerson(server, `other${number}`),
    await makePerson(server, `author${number}`),
  ];
  for (const person of [reader, other]) await relate(person, 'follow', author);
  return { reader, other, author };
}

/** Somebody who can sign in. */
async function makeReader(name: string): Promise<Person> {
  const { id } = (await admin('POST', '/admin/accounts', { name, password: PASSWORD })) as { id: string };
  const made = await admin('POST', `/admin/accounts/${name}/tokens`, { scopes: ['read', 'write', 'follow'] });
  return { id, name, token: (made as { token: string }).token };
}

async function channelOf({ name }: Person): Promise<string> {
  const { channel } = (await admin('GET', `/admin/accounts/${name}`)) as { channel: string };
  return `channel:${channel}`;
}

async function open(ear: Ear, reader: Person, authors: readonly Person[], since?: string): Promise<Listening> {
  const channels = [await channelOf(reader)];
  for (const author of authors) channels.push(await channelOf(author));
  const listening = await ear.open({ server, reader, channels }, since);
  if (!listening) throw new Error(`${ear.name} was refused`);
  return listening;
}

const hears = (listening: Listening, text: string) =>
  eventually(`somebody hears ${text}`, () => listening.texts.includes(text), DEADLINE_MS);
const ends = (listening: Listening) => eventually('the stream ends', () => listening.ended, DEADLINE_MS);

describe.each(EARS.map((ear) => [ear.name, ear] as const))('%s', (_, ear) => {
  test.each([
    ['its application gives it back', false],
    ['an administrator takes it', true],
  ])('ends with its token, and nothing else does, when %s', async (_name, byAdmin) => {
    const { reader, other, author } = await company();
    const given = byAdmin ? await tokenOf(reader) : await signIn(server, { ...reader, password: PASSWORD });
    const held = await open(ear, { ...reader, token: given.token }, [author]);
    const bystanders = [await open(ear, reader, [author]), await open(ear, other, [author])];
    await say(author, 'before');
    for (const listening of [held, ...bystanders]) await hears(listening, 'before');

    await given.revoke();
    await say(author, 'after');

    for (const listening of bystanders) await hears(listening, 'after');
    await ends(held);
    expect(held.texts).toEqual(['before']);
    expect(bystanders.map(({ ended }) => ended)).toEqual([false, false]);
    await expect(open(ear, { ...reader, token: given.token }, [author], held.position)).rejects.toThrow(/401|refused/);
    for (const listening of bystanders) await listening.close();
  });

  test('ends when its reader is suspended, and goes on where it was when the reader is back', async () => {
    const { reader, other, author } = await company();
    const second = await tokenOf(reader);
    const own = [await open(ear, reader, [author]), await open(ear, { ...reader, token: second.token }, [author])];
    const bystander = await open(ear, other, [author]);
    await say(author, 'before');
    for (const listening of [...own, bystander]) await hears(listening, 'before');

    await suspend(reader);
    await say(author, 'after');

    await hears(bystander, 'after');
    for (const listening of own) {
      await ends(listening);
      expect(listening.texts).toEqual(['before']);
    }
    expect(bystander.ended).toBe(false);
    await expect(open(ear, reader, [author], own[0]?.position)).rejects.toThrow(/401|refused/);

    await restore(reader);
    const again = await open(ear, reader, [author], own[0]?.position);
    await hears(again, 'after');
    expect(again.texts).toEqual(['after']);
    for (const listening of [again, bystander]) await listening.close();
  });

  test('tells nothing more of an author who is suspended, until the author is back', async () => {
    const { reader, other, author } = await company();
    await relate(reader, 'follow', other);
    const start = await open(ear, reader, [author, other]);
    await say(reader, 'start');
    await hears(start, 'start');
    await start.close();
    const live = await open(ear, reader, [author, other], start.position);
    const said = await say(author, 'before');
    await say(author, `@${reader.name} named`);
    await ask(server, other.token, ['POST', `/api/v1/statuses/${said}/reblog`]);
    await hears(live, 'before');

    await suspend(author);
    await expect(say(author, 'after')).rejects.toThrow(/401/);
    await expect(ask(server, other.token, ['POST', `/api/v1/statuses/${said}/reblog`])).rejects.toThrow(/404/);
    await say(other, 'end');
    await hears(live, 'end');

    const replayed = await open(ear, reader, [author, other], start.position);
    await hears(replayed, 'end');
    expect(replayed.texts).toEqual(['end']);
    expect([live.ended, replayed.ended]).toEqual([false, false]);

    await restore(author);
    const back = await open(ear, reader, [author, other], start.position);
    await hears(back, 'end');
    expect(back.texts).toEqual(expect.arrayContaining(['before', `@${reader.name} named`]));
    for (const listening of [live, replayed, back]) await listening.close();
  });
});

test('posts of a suspended author are on no stream of either protocol', async () => {
  const { reader, other, author } = await company();
  await relate(reader, 'follow', other);
  const list = await listOf(reader, [author, other]);
  const streams = ['user', `list ${list}`, 'public', 'public:local', 'hashtag rose', 'direct', 'user:notification'];
  const probe = await openStreams(server, reader, ['public']);
  const since = probe.position('public');
  probe.close();
  await say(author, `#rose @${reader.name} of the suspended`);
  await say(author, `@${reader.name} a letter of the suspended`, 'direct');
  await suspend(author);
  await say(other, `#rose @${reader.name} end`);
  await say(other, `@${reader.name} end`, 'direct');

  const replayed = await openStreams(server, reader, streams, since);
  const natively = await Promise.all([
    nativeTexts(reader.token, [`account:${reader.id}`], since),
    nativeTexts(reader.token, ['public'], since),
    nativeTexts(await applicationToken(), ['public'], since),
    nativeTexts(await applicationToken(), ['hashtag:rose'], since),
  ]);

  for (const stream of streams) await tells(replayed, stream, 'end');
  const heard = streams.flatMap((stream) => replayed.told(stream).map((told) => `${stream}: ${told.text}`));
  expect(heard.filter((text) => text.includes('of the suspended'))).toEqual([]);
  for (const listening of natively) {
    await eventually('the end, natively', () => listening.texts.some((text) => text.includes('end')), DEADLINE_MS);
    expect(listening.texts.filter((text) => text.includes('of the suspended'))).toEqual([]);
    await listening.close();
  }
  replayed.close();
});

describe('a list', () => {
  test('goes without whom it loses from the very next event on, and other streams do not', async () => {
    const { reader, other, author } = await company();
    await relate(reader, 'follow', other);
    const list = await listOf(reader, [author, other]);
    const streams = ['user', `list ${list}`];
    const one = await openStreams(server, reader, streams);
    const bystander = await openStreams(server, reader, streams);
    const start = one.position('user');
    await say(author, 'a');
    for (const stream of streams) await tells(one, stream, 'a');

    await ask(server, reader.token, ['DELETE', `/api/v1/lists/${list}/accounts`, { account_ids: [author.id] }]);
    await say(author, 'b');
    await say(other, 'end');

    const replayed = await openStreams(server, reader, streams, start);
    for (const connection of [one, bystander, replayed]) {
      for (const stream of streams) await tells(connection, stream, 'end');
      expect(textsOf(connection, 'user')).toEqual(['a', 'b', 'end']);
      // What was there before may be read by those who may read it now, which this list may not.
      expect(textsOf(connection, `list ${list}`)).toEqual(connection === replayed ? ['end'] : ['a', 'end']);
      expect([connection.ended, connection.over]).toEqual([false, []]);
      connection.close();
    }
  });

  test('ends its own streams and no others when it is deleted', async () => {
    const { reader, author } = await company();
    const [gone, kept] = [await listOf(reader, [author]), await listOf(reader, [author])];
    const streams = ['user', `list ${gone}`, `list ${kept}`];
    const one = await openStreams(server, reader, streams);
    const bystander = await openStreams(server, reader, streams.slice(0, 1));
    const events = `${server.url}/api/v1/streaming/list?list=`;
    const [lost, stays] = [await sse(events + gone, reader), await sse(events + kept, reader)];
    await say(author, 'a');
    for (const stream of streams) await tells(one, stream, 'a');

    await ask(server, reader.token, ['DELETE', `/api/v1/lists/${gone}`]);
    await say(author, 'b');

    for (const connection of [one, bystander]) await tells(connection, 'user', 'b');
    await tells(one, `list ${kept}`, 'b');
    await hears(stays, 'b');
    await ends(lost);
    expect(textsOf(one, `list ${gone}`)).toEqual(['a']);
    expect(lost.texts).toEqual(['a']);
    expect([one.over, one.ended, bystander.ended, stays.ended]).toEqual([[`list ${gone}`], false, false, false]);
    await expect(openStreams(server, reader, [`list ${gone}`], one.position('user'))).rejects.toThrow(/401/);
    for (const connection of [one, bystander]) connection.close();
    await stays.close();
  });
});

test.each([
  ['unfollowing', (reader: Person, author: Person) => relate(reader, 'unfollow', author), true],
  [
    'being removed from the followers',
    (reader: Person, author: Person) => relate(author, 'remove_from_followers', reader),
    true,
  ],
  ['blocking', (reader: Person, author: Person) => relate(reader, 'block', author), false],
  ['being blocked', (reader: Person, author: Person) => relate(author, 'block', reader), false],
  ['muting', (reader: Person, author: Person) => relate(reader, 'mute', author), false],
])('%s ends what it concerns on one socket with many streams, live and on replay', async (_, part, isPublicHeard) => {
  const { reader, other, author } = await company();
  await relate(reader, 'follow', other);
  const list = await listOf(reader, [author, other]);
  const [own, open] = [['user', `list ${list}`] as const, ['public', 'public:local', 'hashtag rose'] as const];
  const streams = [...own, ...open];
  const one = await openStreams(server, reader, streams);
  const bystander = await openStreams(server, other, ['user', ...open]);
  const start = one.position('user');
  await say(author, '#rose a');
  for (const stream of streams) await tells(one, stream, '#rose a');

  await part(reader, author);
  await say(author, '#rose b');
  await say(other, '#rose end');

  const replayed = await openStreams(server, reader, streams, start);
  for (const connection of [one, replayed]) {
    const before = connection === one ? ['#rose a'] : [];
    for (const stream of streams) await tells(connection, stream, '#rose end');
    for (const stream of own) expect(textsOf(connection, stream)).toEqual([...before, '#rose end']);
    for (const stream of open) {
      const theirs = textsOf(connection, stream).filter((text) => text !== '#rose end');
      expect(theirs).toEqual(isPublicHeard ? ['#rose a', '#rose b'] : before);
    }
    expect([connection.ended, connection.over]).toEqual([false, []]);
    connection.close();
  }
  for (const stream of ['user', ...open]) {
    await tells(bystander, stream, '#rose end');
    expect(textsOf(bystander, stream)).toEqual(['#rose a', '#rose b', '#rose end']);
  }
  bystander.close();
});

/** What posts said on one of the streams. */
function textsOf(streams: ManyStreams, stream: string): readonly string[] {
  return streams
    .told(stream)
    .filter(({ event }) => event === 'update')
    .map(({ text }) => text);
}

const tells = (streams: ManyStreams, stream: string, text: string) =>
  eventually(
    `${stream} tells ${text}`,
    () => streams.told(stream).some((told) => told.text.includes(text)),
    DEADLINE_MS,
  );

async function listOf(reader: Person, members: readonly Person[]): Promise<string> {
  const { id } = (await ask(server, reader.token, ['POST', '/api/v1/lists', { title: 'friends' }])) as { id: string };
  const account_ids = members.map((member) => member.id);
  await ask(server, reader.token, ['POST', `/api/v1/lists/${id}/accounts`, { account_ids }]);
  return id;
}

async function sse(address: string, reader: Person): Promise<Listening> {
  const listening = await eventStream(address, reader.token, undefined, ({ event, data: text }) =>
    event === 'update' ? [textIn(text)] : [],
  );
  if (!listening) throw new Error(`${address} was refused`);
  return listening;
}

function textIn(status: string): string {
  const { content }: { content: string } = JSON.parse(status);
  return content.replace(/<[^>]*>/g, '');
}

/** All that a native reader is told, as it stands. */
async function nativeTexts(token: string, topics: readonly string[], since: string): Promise<Listening> {
  const address = `${server.url}/v1/events?topic=${topics.join('&topic=')}`;
  const listening = await eventStream(address, token, since, ({ data: text }) => [text]);
  if (!listening) throw new Error(`${address} was refused`);
  return listening;
}

async function applicationToken(): Promise<string> {
  const made = await admin('POST', '/admin/tokens', { subscribe: ['public', 'hashtag:*'], ttl: 600 });
  return (made as { token: string }).token;
}

/** Another token of an account, that an administrator may take. */
async function tokenOf({ name }: Person) {
  const made = await admin('POST', `/admin/accounts/${name}/tokens`, { scopes: ['read'] });
  const { id, token } = made as { id: string; token: string };
  return { token, revoke: () => admin('DELETE', `/admin/access-tokens/${id}`) };
}
