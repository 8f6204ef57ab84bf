import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventually, RawClient } from './testing/raw-client.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { binaryFrame, textFrame } from './text-frame.ts';

const HANDSHAKE = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;

/** A client's frame, masked with zeros unless told otherwise. */
function frame(options: { first?: number; payload?: Buffer; masked?: boolean; length?: number }): Buffer {
  const { first = 0x81, payload = Buffer.alloc(0), masked = true, length = payload.length } = options;
  const mask = masked ? 0x80 : 0;
  const head = length < 126 ? Buffer.from([first, mask | length]) : Buffer.alloc(length < 65_536 ? 4 : 10);
  if (length >= 126) {
    head[0] = first;
    head[1] = mask | (length < 65_536 ? 126 : 127);
    if (length < 65_536) head.writeUInt16BE(length, 2);
    else head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

/** The code of the close frame that ends what a connection received, if one does. */
function closeCode(text: string): number | undefined {
  const frames = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1');
  for (let at = 0; at + 2 <= frames.length; ) {
    const length = frames[at + 1] ?? 0;
    if (length > 125) return undefined;
    if (frames[at] === 0x88) return length >= 2 ? frames.readUInt16BE(at + 2) : 1005;
    at += 2 + length;
  }
  return undefined;
}

const text = (value: string): Buffer => Buffer.from(value);
const CLOSE_1005 = Buffer.from([0x03, 0xed]);

describe('a WebSocket', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ settings: { limits: { messagesPerSecond: 200, messageBurst: 1_000 } } });
  });
  afterAll(() => server.listener.close());

  it.each([
    ['A13: a reserved bit without extension', [frame({ first: 0xc1, payload: text('a') })], 1002],
    ['A13: an unmasked frame', [frame({ payload: text('a'), masked: false })], 1002],
    ['A13: a ping of 126 bytes', [frame({ first: 0x89, payload: Buffer.alloc(126) })], 1002],
    ['A13: a reserved opcode', [frame({ first: 0x83 })], 1002],
    ['A13: close with code 1005', [frame({ first: 0x88, payload: CLOSE_1005 })], 1002],
    ['a close frame of one byte', [frame({ first: 0x88, payload: Buffer.alloc(1) })], 1002],
    ['a fragmented ping', [frame({ first: 0x09 })], 1002],
    ['a continuation of nothing', [frame({ first: 0x80, payload: text('a') })], 1002],
    [
      'a new message within a message',
      [frame({ first: 0x01, payload: text('a') }), frame({ payload: text('b') })],
      1002,
    ],
    ['A14: text that is not UTF-8', [frame({ payload: Buffer.from([0xce, 0xba, 0xff]) })], 1007],
    ['A14: a close reason that is not UTF-8', [frame({ first: 0x88, payload: Buffer.from([0x03, 0xe8, 0xff]) })], 1007],
    ['A15: a message of one byte too many, before its payload comes', [frame({ length: 65_537 })], 1009],
    ['A15: a message that claims 2^62 bytes', [frame({ length: 2 ** 52 })], 1009],
    [
      'A16: 10,000 empty fragments',
      [frame({ first: 0x01 }), ...new Array<Buffer>(10_000).fill(frame({ first: 0x00 }))],
      1008,
    ],
    [
      'A16: 200 fragments of one byte',
      [frame({ first: 0x01 }), ...new Array<Buffer>(200).fill(frame({ first: 0x00, payload: text('a') }))],
      1008,
    ],
    ['A19: 10,000 pings at once', new Array<Buffer>(10_000).fill(frame({ first: 0x89 })), 1008],
    ['10,000 messages at once', new Array<Buffer>(10_000).fill(frame({ payload: text('{}') })), 1008],
  ])('closes on %s', async (_name, frames, code) => {
    await using client = new RawClient(server.port);
    client.send(HANDSHAKE('/ws'));
    await client.untilText('\r\n\r\n');

    const received = await client.send(Buffer.concat(frames)).untilClosed();

    expect(closeCode(received)).toBe(code);
  });

  it.each([
    [
      'A17/A18: permessage-deflate, whatever its parameters',
      'permessage-deflate; client_max_window_bits=99; server_max_window_bits=7',
    ],
    ['an extension nobody knows', 'x-anything'],
  ])('declines %s', async (_name, extensions) => {
    await using client = new RawClient(server.port);

    const answer = await client
      .send(HANDSHAKE('/ws').replace('\r\n\r\n', `\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`))
      .untilText('\r\n\r\n');

    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toMatch(/sec-websocket-extensions/i);
  });

  it('answers with the one subprotocol, never with what else was offered', async () => {
    const socket = new WebSocket(`${server.url}/ws`, ['secret-token', 'carillon']);
    await once(socket, 'open');

    expect(socket.protocol).toBe('carillon');
    socket.terminate();
  });

  it('reads what arrives with the handshake', async () => {
    await using client = new RawClient(server.port);
    const before = server.owners.length;

    client.send(Buffer.concat([Buffer.from(HANDSHAKE('/ws')), frame({ payload: text('early') })]));

    await eventually(() => server.owners[before]?.messages[0] === 'early', 'the message');
  });

  it('carries shared frames of every length, whole, beside pongs', async () => {
    const socket = new WebSocket(`${server.url}/ws`);
    const received: string[] = [];
    let pongs = 0;
    socket.on('message', (data: Buffer) => received.push(data.toString()));
    socket.on('pong', () => (pongs += 1));
    const before = server.owners.length;
    await once(socket, 'open');
    await eventually(() => server.owners.length > before, 'the owner');
    const owner = server.owners.at(-1);
    const said = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000].map(
      (length) => 'é'.repeat(length / 2) + 'x'.repeat(length % 2),
    );

    for (const message of said) {
      owner?.say(message);
      socket.ping();
    }

    await eventually(() => received.length === said.length && pongs === said.length, 'all of it');
    expect(received).toEqual(said);
    socket.terminate();
  });

  it('gives text as strings and binary as bytes', async () => {
    const socket = new WebSocket(`${server.url}/ws`);
    const before = server.owners.length;
    await once(socket, 'open');

    socket.send('text');
    socket.send(Buffer.from([0, 255]));

    await eventually(() => server.owners[before]?.messages.length === 2, 'both messages');
    expect(server.owners[before]?.messages).toEqual(['text', Buffer.from([0, 255])]);
    socket.terminate();
  });

  it('says goodbye with the protocol’s code and reason, and nothing after', async () => {
    const socket = new WebSocket(`${server.url}/ws?who=leaver`);
    const received: string[] = [];
    socket.on('message', (data: Buffer) => received.push(data.toString()));
    const before = server.owners.length;
    await once(socket, 'open');
    await eventually(() => server.owners.length > before, 'the owner');
    const owner = server.owners.at(-1);

    const closed = once(socket, 'close');
    server.listener.connections.closeWhere((principal) => principal.id === 'leaver', 'revoked');
    owner?.say('too late');
    const [code, reason] = await closed;

    expect([code, String(reason)]).toEqual([4003, 'revoked']);
    expect(received).toEqual(['goodbye revoked']);
    await eventually(() => owner?.closedTimes === 1, 'the owner hears of it once');
  });

  it('closes with 1011 when its owner fails on a message, and tells of the bug', async () => {
    const socket = new WebSocket(`${server.url}/ws`);
    const before = server.owners.length;
    await once(socket, 'open');
    await eventually(() => server.owners.length > before, 'the owner');
    const owner = server.owners.at(-1);
    if (owner) {
      owner.onMessage = () => {
        throw new Error('a bug');
      };
    }

    const failuresBefore = server.failures.length;
    socket.send('boom');
    const [code] = await once(socket, 'close');

    expect(code).toBe(1011);
    expect(server.failures.length).toBe(failuresBefore + 1);
  });

  it('echoes on the test route what a suite sends, large and fragmented', async () => {
    const socket = new WebSocket(`${server.url}/test/echo`);
    await once(socket, 'open');
    const big = 'z'.repeat(2_000_000);

    const echoed = once(socket, 'message');
    for (let at = 0; at < big.length; at += 1_000)
      socket.send(big.slice(at, at + 1_000), { fin: at + 1_000 >= big.length });
    const [data] = await echoed;

    expect(String(data) === big).toBe(true);
    socket.terminate();
  });

  it('counts no messages on the test route', async () => {
    const socket = new WebSocket(`${server.url}/test/echo`);
    let echoed = 0;
    socket.on('message', () => (echoed += 1));
    await once(socket, 'open');

    for (let index = 0; index < 5_000; index += 1) socket.send('x');

    await eventually(() => echoed === 5_000, 'all echoes', 10_000);
    socket.terminate();
  });
});

it('A11/A86: drops a WebSocket that answers no ping within two heartbeats', async () => {
  await using server = await startTestServer({ settings: { heartbeatMs: 100 } });
  await using client = new RawClient(server.port);

  client.send(HANDSHAKE('/ws'));
  const received = await client.untilClosed(5_000);

  expect(closeCode(received)).toBe(4008);
  await eventually(() => server.listener.connections.counts.websocket === 0, 'nothing is left');
});

it('A11: answers few of the pings of a client that does not read', async () => {
  await using server = await startTestServer({ settings: { limits: { messagesPerSecond: Number.POSITIVE_INFINITY } } });
  const client = connect(server.port, '127.0.0.1');
  client.write(HANDSHAKE('/ws'));
  await once(client, 'data');
  client.pause();
  const pings = 300_000;
  const ping = frame({ first: 0x89, payload: Buffer.alloc(125) });
  client.write(Buffer.alloc(pings * ping.length, ping));
  await eventually(() => client.writableLength === 0, 'all pings are sent', 30_000);
  let heard = 0;
  client.on('data', (data) => (heard += data.length)).resume();
  let before = -1;
  while (heard > before) {
    before = heard;
    await setTimeout(300);
  }
  client.destroy();

  // What the kernel takes on both sides, and a little; not what was asked for.
  expect(heard).toBeGreaterThan(0);
  expect(heard).toBeLessThan((pings * ping.length) / 2);
}, 60_000);

it('closes an upgrade whose route does not finish the handshake in time', async () => {
  const forgetful = {
    kind: 'websocket',
    matches: (head: { path: string }) => head.path === '/forgets',
    open: () => {},
  } as const;
  await using server = await startTestServer({
    routes: [forgetful],
    settings: { heartbeatMs: 400, timeouts: { loginMs: 100 } },
  });
  await using client = new RawClient(server.port);

  const received = await client.send(HANDSHAKE('/forgets')).untilClosed();

  expect(received).toMatch(/^HTTP\/1\.1 408 /);
});

it('frames are what RFC 6455 §5.2 says, for any text', () => {
  fc.assert(
    fc.property(fc.constantFrom('', 'a', 'é', '€', '😀', '\0'), fc.nat({ max: 20_000 }), (piece, times) => {
      const value = piece.repeat(times);
      const bytes = Buffer.from(value);
      const made = textFrame(value);
      const head = bytes.length < 126 ? 2 : bytes.length < 65_536 ? 4 : 10;
      expect(made[0]).toBe(0x81);
      expect(made.subarray(head).equals(bytes)).toBe(true);
      expect(textFrame(bytes).equals(made)).toBe(true);
      expect(binaryFrame(bytes).subarray(1).equals(made.subarray(1))).toBe(true);
    }),
    { numRuns: 50 },
  );
});
