import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, makePerson, type Person } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { EARS, type Ear, type Listening } from './ears.ts';

type Step = 'connect' | 'disconnect' | 'follow' | 'unfollow' | 'block' | 'be blocked' | 'mute' | `say ${string}`;

/** Orders of events around a membership, and what is heard of the author in the end (kernel K4). */
const ORDERS: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
  ['follow, connect, post', ['follow', 'connect', 'say a'], ['a']],
  ['connect, follow, post', ['connect', 'follow', 'say a'], ['a']],
  ['connect, post, follow', ['connect', 'say a', 'follow'], []],
  ['post, follow, connect', ['say a', 'follow', 'connect'], []],
  ['connect, leave, follow, post, come back', ['connect', 'disconnect', 'follow', 'say a', 'connect'], ['a']],
  ['connect, leave, post, follow, come back', ['connect', 'disconnect', 'say a', 'follow', 'connect'], []],
  [
    'connect, leave, post, follow, post, come back',
    ['connect', 'disconnect', 'say a', 'follow', 'say b', 'connect'],
    ['b'],
  ],
  ['follow, connect, leave, post, come back', ['follow', 'connect', 'disconnect', 'say a', 'connect'], ['a']],
  ['follow, leave, post, unfollow, come back', ['follow', 'connect', 'disconnect', 'say a', 'unfollow', 'connect'], []],
  [
    'follow, leave, post, unfollow, follow, post, come back',
    ['follow', 'connect', 'disconnect', 'say a', 'unfollow', 'follow', 'say b', 'connect'],
    ['b'],
  ],
  ['follow, connect, post, unfollow, post', ['follow', 'connect', 'say a', 'unfollow', 'say b'], ['a']],
  [
    'follow, connect, unfollow, post, follow, post',
    ['follow', 'connect', 'unfollow', 'say a', 'follow', 'say b'],
    ['b'],
  ],
  ['follow, connect, block, post', ['follow', 'connect', 'say a', 'block', 'say b'], ['a']],
  ['follow, connect, be blocked, post', ['follow', 'connect', 'say a', 'be blocked', 'say b'], ['a']],
  ['follow, connect, mute, post', ['follow', 'connect', 'say a', 'mute', 'say b'], ['a']],
  ['follow, leave, post, block, come back', ['follow', 'connect', 'disconnect', 'say a', 'block', 'connect'], []],
  [
    'follow, leave, post, be blocked, come back',
    ['follow', 'connect', 'disconnect', 'say a', 'be blocked', 'connect'],
    [],
  ],
  ['follow, leave, post, mute, come back', ['follow', 'connect', 'disconnect', 'say a', 'mute', 'connect'], []],
];

let data: string;
let server: ServerProcess;
let bystander: Person;
let number = 0;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'carillon-access-'));
  server = await startServerProcess(data);
  bystander = await makePerson(server, 'bystander');
});

afterAll(async () => {
  await server.stop();
  await rm(data, { recursive: true, force: true });
});

describe.each(EARS.map((ear) => [ear.name, ear] as const))('%s', (_, ear) => {
  test.each(ORDERS)('%s', { timeout: 60_000 }, async (_name, steps, expected) => {
    const scene = await openScene(ear);
    // Somebody else's connection, which nothing of this may interrupt.
    const other = await mustOpen(EARS[0] ?? ear, bystander, []);
    try {
      for (const step of steps) await scene.take(step);
      await scene.settle();

      expect(scene.heard()).toEqual(expected);
      expect(other.ended).toBe(false);
    } finally {
      await other.close();
      await scene.close();
    }
  });
});

interface Scene {
  take(step: Step): Promise<void>;
  /** Waits until the reader has heard everything that it will. */
  settle(): Promise<void>;
  heard(): readonly string[];
  close(): Promise<void>;
}

async function openScene(ear: Ear): Promise<Scene> {
  const [reader, author] = [await makePerson(server, `reader${++number}`), await makePerson(server, `author${number}`)];
  const channels = [await channelOf(reader.name), await channelOf(author.name)];
  const texts: string[] = [];
  let listening: Listening | undefined;
  let position: string | undefined;
  let marks = 0;

  const relate = (who: Person, verb: string, whom: Person) =>
    ask(server, who.token, ['POST', `/api/v1/accounts/${whom.id}/${verb}`, {}]);

  /** What the reader says itself is heard behind everything before it. */
  async function settle(): Promise<void> {
    const one = listening;
    if (!one) return;
    const mark = `mark ${++marks}`;
    await ask(server, reader.token, ['POST', '/api/v1/statuses', { status: mark }]);
    await eventually(mark, () => one.texts.includes(mark), 20_000);
  }

  async function connect(): Promise<void> {
    listening = await ear.open({ server, reader, channels }, position);
    // Refused what it may not hear, a native reader listens to what is its own.
    listening ??= await ear.open({ server, reader, channels: channels.slice(0, 1) }, position);
    if (!listening) throw new Error(`${ear.name} was refused its own account`);
    await settle();
  }

  async function disconnect(): Promise<void> {
    if (!listening) return;
    texts.push(...listening.texts);
    position = listening.position;
    await listening.close();
    listening = undefined;
  }

  return {
    settle,
    heard: () => [...texts, ...(listening?.texts ?? [])].filter((text) => !text.startsWith('mark ')),
    close: disconnect,
    async take(step) {
      switch (step) {
        case 'connect':
          return connect();
        case 'disconnect':
          return disconnect();
        case 'follow':
          await relate(reader, 'follow', author);
          // A native reader asks again for what it may hear now.
          if (ear.mayBeRefused && listening) {
            await disconnect();
            await connect();
          }
          return;
        case 'unfollow':
          return void (await relate(reader, 'unfollow', author));
        case 'block':
          return void (await relate(reader, 'block', author));
        case 'be blocked':
          return void (await relate(author, 'block', reader));
        case 'mute':
          return void (await relate(reader, 'mute', author));
        default:
          return void (await ask(server, author.token, ['POST', '/api/v1/statuses', { status: step.slice(4) }]));
      }
    },
  };
}

async function mustOpen(ear: Ear, reader: Person, channels: readonly string[]): Promise<Listening> {
  const listening = await ear.open({ server, reader, channels });
  if (!listening) throw new Error(`${ear.name} was refused`);
  return listening;
}

async function channelOf(name: string): Promise<string> {
  const { channel } = (await ask(server, server.credentials.adminToken, ['GET', `/admin/accounts/${name}`])) as {
    channel: string;
  };
  return `channel:${channel}`;
}
