import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { ask, makePerson, type Person } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { type Ear, eventStream, type Listening } from './ears.ts';
import type { ManyStreams } from './many-streams.ts';

const DEADLINE_MS = 20_000;
export const PASSWORD = 'what light through yonder window';

let server: ServerProcess;
let data: string;
let number = 0;

/** The server of the file's tests, from its first test to its last. */
export function theServer(): ServerProcess {
  return server;
}

/** Starts it before the tests of the file that calls this, and ends it behind them. */
export function withServer(): void {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'carillon-endings-'));
    server = await startServerProcess(data);
  });
  afterAll(async () => {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  });
}

export const admin = (method: string, path: string, body?: object) =>
  ask(server, server.credentials.adminToken, body ? [method, path, body] : [method, path]);
export const relate = (who: Person, verb: string, whom: Person) =>
  ask(server, who.token, ['POST', `/api/v1/accounts/${whom.id}/${verb}`, {}]);
export const suspend = ({ name }: Person) => admin('POST', `/admin/accounts/${name}/suspend`);
export const restore = ({ name }: Person) => admin('POST', `/admin/accounts/${name}/restore`);

export async function say({ token }: Person, status: string, visibility = 'public'): Promise<string> {
  return ((await ask(server, token, ['POST', '/api/v1/statuses', { status, visibility }])) as { id: string }).id;
}

/** Two readers and whom they follow. */
export async function company(): Promise<{ readonly reader: Person; readonly other: Person; readonly author: Person }> {
  const [reader, other, author] = [
    await makeReader(`reader${++number}`),
    await makePerson(server, `other${number}`),
    await makePerson(server, `author${number}`),
  ];
  for (const person of [reader, other]) await relate(person, 'follow', author);
  return { reader, other, author };
}

/** Somebody who can sign in. */
export async function makeReader(name: string): Promise<Person> {
  const { id } = (await admin('POST', '/admin/accounts', { name, password: PASSWORD })) as { id: string };
  const made = await admin('POST', `/admin/accounts/${name}/tokens`, { scopes: ['read', 'write', 'follow'] });
  return { id, name, token: (made as { token: string }).token };
}

export async function channelOf({ name }: Person): Promise<string> {
  const { channel } = (await admin('GET', `/admin/accounts/${name}`)) as { channel: string };
  return `channel:${channel}`;
}

export async function open(ear: Ear, reader: Person, authors: readonly Person[], since?: string): Promise<Listening> {
  const channels = [await channelOf(reader)];
  for (const author of authors) channels.push(await channelOf(author));
  const listening = await ear.open({ server, reader, channels }, since);
  if (!listening) throw new Error(`${ear.name} was refused`);
  return listening;
}

export const hears = (listening: Listening, text: string) =>
  eventually(`somebody hears ${text}`, () => listening.texts.includes(text), DEADLINE_MS);
export const ends = (listening: Listening) => eventually('the stream ends', () => listening.ended, DEADLINE_MS);

/** What posts said on one of the streams. */
export function textsOf(streams: ManyStreams, stream: string): readonly string[] {
  return streams
    .told(stream)
    .filter(({ event }) => event === 'update')
    .map(({ text }) => text);
}

export const tells = (streams: ManyStreams, stream: string, text: string) =>
  eventually(
    `${stream} tells ${text}`,
    () => streams.told(stream).some((told) => told.text.includes(text)),
    DEADLINE_MS,
  );

export async function listOf(reader: Person, members: readonly Person[]): Promise<string> {
  const { id } = (await ask(server, reader.token, ['POST', '/api/v1/lists', { title: 'friends' }])) as { id: string };
  const account_ids = members.map((member) => member.id);
  await ask(server, reader.token, ['POST', `/api/v1/lists/${id}/accounts`, { account_ids }]);
  return id;
}

export async function sse(address: string, reader: Person): Promise<Listening> {
  const listening = await eventStream(address, reader.token, undefined, ({ event, data: text }) =>
    event === 'update' ? [textIn(text)] : [],
  );
  if (!listening) throw new Error(`${address} was refused`);
  return listening;
}

export function textIn(status: string): string {
  const { content }: { content: string } = JSON.parse(status);
  return content.replace(/<[^>]*>/g, '');
}

/** All that a native reader is told, as it stands. */
export async function nativeTexts(token: string, topics: readonly string[], since: string): Promise<Listening> {
  const address = `${server.url}/v1/events?topic=${topics.join('&topic=')}`;
  const listening = await eventStream(address, token, since, ({ data: text }) => [text]);
  if (!listening) throw new Error(`${address} was refused`);
  return listening;
}

export async function applicationToken(): Promise<string> {
  const made = await admin('POST', '/admin/tokens', { subscribe: ['public', 'hashtag:*'], ttl: 600 });
  return (made as { token: string }).token;
}

/** Another token of an account, that an administrator may take. */
export async function tokenOf({ name }: Person) {
  const made = await admin('POST', `/admin/accounts/${name}/tokens`, { scopes: ['read'] });
  const { id, token } = made as { id: string; token: string };
  return { token, revoke: () => admin('DELETE', `/admin/access-tokens/${id}`) };
}
