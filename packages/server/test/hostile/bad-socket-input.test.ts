import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../../src/transport/testing/raw-client.ts';
import { type Message, WsClient } from '../events/ws-client.ts';
import { encodeFrame, type FrameParts, parseFrames, TEXT } from './fuzz/frames.ts';
import { expectNothingInside, expectProblem } from './problem.ts';
import { exchange, requestBytes } from './raw-exchange.ts';
import { type HostileServer, startHostileServer } from './server.ts';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const names = (count: number, length = 2): string[] =>
  Array.from({ length: count }, (_, n) => `t${n}`.padEnd(length, 'x'));
const event = { topic: 'news', type: 't' };
const publish = (members: object): Message => ({ type: 'publish', event: { ...event, ...members } });

const REFUSED: readonly (readonly [string, Message, string])[] = [
  ['100,000 topics', { type: 'subscribe', topics: names(100_000) }, 'too-large'],
  ['1,001 topics', { type: 'subscribe', topics: names(1_001) }, 'too-large'],
  ['100,000 topics to leave', { type: 'unsubscribe', topics: names(100_000) }, 'too-large'],
  ['a batch of 1,001 events', { type: 'publish', events: names(1_001).map(() => event) }, 'too-large'],
  ['65 topics in an event', publish({ topic: names(65).join(' ') }), 'too-large'],
  ['info of 1,025 characters', { type: 'presence', topic: 'r', action: 'enter', info: 'x'.repeat(1_024) }, 'too-large'],
  ['no type', {}, 'bad-request'],
  ['a type that is a list', { type: ['ping'] }, 'bad-request'],
  ['a type of the prototype', { type: 'constructor' }, 'bad-request'],
  ['topics that are no list', { type: 'subscribe', topics: 'news' }, 'bad-request'],
  ['topics that are a number', { type: 'subscribe', topics: [7] }, 'bad-request'],
  ['no topics', { type: 'subscribe', topics: [] }, 'bad-request'],
  ['a since that is a number', { type: 'subscribe', topics: ['news'], since: 7 }, 'bad-request'],
  ['a presence that is text', { type: 'subscribe', topics: ['news'], presence: 'yes' }, 'bad-request'],
  ['a publish of nothing', { type: 'publish' }, 'bad-request'],
  ['a publish of two things', { type: 'publish', event, events: [event] }, 'bad-request'],
  ['an event that is text', { type: 'publish', event: 'news' }, 'bad-request'],
  ['a key that is a number', { type: 'publish', event, key: 7 }, 'bad-request'],
  ['a key that is empty', { type: 'publish', event, key: '' }, 'bad-request'],
  ['B29: a topic that is an object', publish({ topic: { $ne: '' } }), 'bad-request'],
  ['an action that is none', { type: 'presence', topic: 'room', action: 'destroy' }, 'bad-request'],
  ['a topic of 201 bytes', { type: 'presence', topic: 'x'.repeat(201), action: 'list' }, 'bad-request'],
];

describe('a message that cannot be obeyed', () => {
  it.each(REFUSED)('%s: %s', async (_name, message, code) => {
    using client = new WsClient(server.url, server.full);
    const answer = await client.ask(message);

    expect(answer).toMatchObject({ type: 'error', code, retryable: false, message: expect.stringMatching(/^.{8,}$/) });
    expectNothingInside(JSON.stringify(answer), server);
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });

  it.each([
    ['B27: 100,000 brackets', `${'['.repeat(100_000)}`],
    ['B27: data 10,000 levels deep', `{"type":"publish","event":{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`],
    ['B28: a key twice', '{"type":"ping","type":"subscribe"}'],
    ['B29: an id beyond all numbers', '{"type":"ping","id":1e309}'],
    ['B30: half a surrogate pair as id', '{"type":"ping","id":"\\ud800"}'],
    ['an id of 129 characters', `{"type":"ping","id":"${'x'.repeat(129)}"}`],
    ['B26: __proto__', '{"__proto__":{"type":"ping"}}'],
  ])('%s is answered without its id', async (_name, text) => {
    using client = new WsClient(server.url, server.full);
    await client.until(({ open }) => open, 'an open socket');
    client.say(text);
    await client.until(({ messages }) => messages.length > 0, 'an answer');

    expect(client.messages).toEqual([
      { type: 'error', code: 'bad-request', message: expect.any(String), retryable: false },
    ]);
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });
});

describe('a connection that cannot go on', () => {
  const text = (payload: string | Buffer, parts: Partial<FrameParts> = {}): Buffer =>
    encodeFrame({ opcode: TEXT, payload: Buffer.from(payload), ...parts });

  it.each([
    ['no JSON', text('{'), 1008],
    ['an empty message', text(''), 1008],
    ['a list', text('[1]'), 1008],
    ['bytes', text('{}', { opcode: 2 }), 1008],
    ['A14: text that is not UTF-8', text(Buffer.from([0x22, 0xff, 0x22])), 1007],
    ['A13: a reserved bit', text('{}', { rsv: 4 }), 1002],
    ['A13: a frame without a mask', text('{}', { masked: false }), 1002],
    ['A13: a long ping', text('x'.repeat(126), { opcode: 9 }), 1002],
    ['A13: a reserved opcode', text('{}', { opcode: 3 }), 1002],
    ['A13: the close code 1005', text(Buffer.from([0x03, 0xed]), { opcode: 8 }), 1002],
    ['A15: 100,000 long topics', text(JSON.stringify({ type: 'subscribe', topics: names(100_000, 20) })), 1009],
    ['A15: a message that only says that it is too long', text('', { lengthBytes: 9, length: 1_048_577 }), 1009],
    [
      'A16: 10,000 empty fragments',
      Buffer.concat([
        text('', { fin: false }),
        ...Array.from({ length: 10_000 }, () => text('', { opcode: 0, fin: false })),
      ]),
      1008,
    ],
  ] as const)('%s: it is closed with %i', async (_name, frame, code) => {
    await using client = new RawClient(server.port);
    client.send(upgrade());
    await client.untilText('\r\n\r\n', 10_000);
    client.send(frame);
    const heard = await client.untilClosed(15_000);
    const frames = parseFrames(Buffer.from(heard.slice(heard.indexOf('\r\n\r\n') + 4), 'latin1'));
    const last = frames.at(-1);

    expect(last?.opcode).toBe(8);
    expect(last?.payload.readUInt16BE()).toBe(code);
    for (const { payload } of frames) expectNothingInside(payload.toString(), server);
  });

  it('a client that floods is told so and closed, and others are served', async () => {
    using flooder = new WsClient(server.url, server.full);
    using other = new WsClient(server.url, server.narrow);
    await flooder.until(({ open }) => open, 'an open socket');
    for (let n = 0; n < 3_000; n++) flooder.say('{"type":"ping"}');
    await flooder.until(({ code }) => code !== undefined, 'the close');

    expect(flooder.code).toBe(1008);
    expect(await other.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });
});

describe('an upgrade that is refused', () => {
  it.each([
    ['an address that is none', '/v1/nothing', 'not-found'],
    ['a stream', '/v1/stream/a', 'not-found'],
    ['no credential', '/v1/events', 'unauthorized'],
    ['a credential that is none', '/v1/events?access_token=x', 'unauthorized'],
    ['a page of another origin without the right to', '/dev/credentials.json', 'not-found'],
  ])('%s', async (_name, target, code) => {
    expect(expectProblem(await exchange(server.port, { method: 'GET', target, headers: UPGRADE }), server)).toBe(code);
  });
});

const UPGRADE = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
] as const;

function upgrade(): Buffer {
  const headers = [...UPGRADE, ['Authorization', `Bearer ${server.full}`]] as const;
  return requestBytes({ method: 'GET', target: '/v1/events', headers });
}
