import { CarillonError } from '@carillon/core';
import { createList } from '../../src/domain/index.ts';
import { RawStream } from '../events/sse-client.ts';
import { type StreamingServer, startStreaming } from './streaming-harness.ts';

/** What a WebSocket's opening handshake says beside its address. */
export const SOCKET = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Wish {
  /** Credentials by where they are and what they are: `bearer:all`, `query:all protocol:unknown`. */
  readonly who: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** To a server whose state cannot be read. */
  readonly broken?: boolean;
}

/** A server as its door shows it: tokens of every right, and lists of oneself and others. */
export interface Door extends AsyncDisposable {
  readonly server: StreamingServer;
  readonly tokens: Readonly<Record<string, string>>;
  readonly ownList: number;
  readonly othersList: number;
  ask(path: string, wish: Wish): RawStream;
}

export async function openDoor(): Promise<Door> {
  const server = await startStreaming({ listener: { limits: { connectionsPerPrincipal: 3 } } });
  const unavailable = () => Promise.reject(new CarillonError('unavailable', 'the state cannot be read'));
  const broken = await startStreaming({ views: (views) => ({ ...views, open: unavailable }) });
  const [juliet, romeo, tybalt] = await server.domain.accounts('juliet', 'romeo', 'tybalt');
  const revoked = await server.token(juliet.id);
  await server.revoke(revoked);
  const list = { title: 'friends', replies: 'list', exclusive: false } as const;
  const tokens: Readonly<Record<string, string>> = {
    all: await server.token(juliet.id),
    statuses: await server.token(juliet.id, ['read:statuses']),
    notifications: await server.token(juliet.id, ['read:notifications']),
    write: await server.token(juliet.id, ['write']),
    profile: await server.token(juliet.id, ['profile']),
    revoked,
    limited: await server.token(tybalt.id),
    broken: await broken.token((await broken.domain.account('juliet')).id),
  };
  return {
    server,
    tokens,
    ownList: (await server.domain.run(createList, { actor: juliet.id, ...list })).id,
    othersList: (await server.domain.run(createList, { actor: romeo.id, ...list })).id,
    ask(path, { who, headers = {}, broken: toBroken = false }) {
      const carried = carry(who, tokens);
      const { url } = toBroken ? broken : server;
      const separator = path.includes('?') ? '&' : '?';
      const target = carried.query.size > 0 ? path + separator + carried.query.toString() : path;
      return new RawStream(url, target, { ...carried.headers, ...headers });
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await broken[Symbol.asyncDispose]();
      const failures = [...server.failures, ...broken.failures];
      if (failures.length > 0) throw new AggregateError(failures, 'the server reported bugs');
    },
  };
}

export async function answerOf(stream: RawStream): Promise<Answer> {
  await stream.until(({ head, body }) => {
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    return length !== undefined && Buffer.byteLength(body) >= Number(length);
  }, 'a whole answer');
  const headers = new Headers();
  for (const [, name = '', value = ''] of stream.head.matchAll(/^([\w-]+): (.*)\r$/gm)) headers.append(name, value);
  return { status: stream.status, headers, body: stream.body };
}

function carry(who: string, tokens: Readonly<Record<string, string>>) {
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const part of who.split(' ').filter(Boolean)) {
    const [where = '', name = ''] = part.split(':');
    const token = tokens[name] ?? name;
    if (where === 'bearer') headers.Authorization = `Bearer ${token}`;
    if (where === 'lower') headers.Authorization = `bearer ${token}`;
    if (where === 'naked') headers.Authorization = token;
    if (where === 'query') query.set('access_token', token);
    if (where === 'protocol') headers['Sec-WebSocket-Protocol'] = token;
    if (where === 'protocols') headers['Sec-WebSocket-Protocol'] = `${token}, foo`;
  }
  return { query, headers };
}
