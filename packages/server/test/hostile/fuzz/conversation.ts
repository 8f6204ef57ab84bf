import { encodeFrame, type FrameParts, TEXT } from './frames.ts';
import { NASTY_BYTES, NASTY_TEXTS } from './nasty.ts';
import { type Mutated, mutateJson } from './one-field.ts';
import type { Random } from './random.ts';
import type { Pair, World } from './seeds.ts';

/** The `id` of the ping that ends every conversation: whoever hears it answered has heard everything. */
export const LAST_ID = 'the-last';

const LAST = encodeFrame({ opcode: TEXT, payload: Buffer.from(JSON.stringify({ type: 'ping', id: LAST_ID })) });

/** A whole conversation over WebSocket: the handshake, every kind of message, and a last ping. */
export function conversationOf(world: World, n: number): readonly unknown[] {
  const event = { topic: `fuzz-${n % 5}`, type: 'fuzz', data: { n } };
  return [
    { type: 'subscribe', id: 1, topics: ['fuzz-1', `room-${n}`], since: world.since, presence: true },
    { type: 'publish', id: 2, event, key: `socket-${n}` },
    { type: 'publish', id: 3, events: [event, { ...event, subject: 'b' }] },
    { type: 'presence', id: 4, topic: `room-${n}`, action: 'enter', info: { name: 'Ada' } },
    { type: 'presence', id: 5, topic: `room-${n}`, action: 'list' },
    { type: 'unsubscribe', id: 6, topics: ['fuzz-1'] },
    { type: 'ping', id: 7 },
  ];
}

/** The conversation with one value of one message, one part of one frame, or one header changed. */
export function mutateConversation(world: World, n: number, random: Random): Mutated {
  const messages = conversationOf(world, n);
  const at = random.below(messages.length);
  const kind = random.of(['message', 'message', 'message', 'message', 'frame', 'frame', 'handshake'] as const);
  const frames = messages.map((message, index) => {
    const payload = Buffer.from(JSON.stringify(message));
    if (index !== at || kind === 'handshake') return encodeFrame({ opcode: TEXT, payload });
    if (kind === 'message') return encodeFrame({ opcode: TEXT, payload: Buffer.from(mutateJson(message, random)) });
    return encodeFrame(nastyFrame(payload, random));
  });
  return {
    field: kind,
    bytes: Buffer.concat([handshake(world, kind === 'handshake' ? random : undefined), ...frames, LAST]),
  };
}

export function handshake(world: World, random?: Random): Buffer {
  let fields: readonly Pair[] = [
    ['Host', world.host],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
    ['Sec-WebSocket-Extensions', 'permessage-deflate'],
    ['Authorization', `Bearer ${world.token}`],
  ];
  if (random) {
    const at = random.below(fields.length);
    const nasty = random.of([...NASTY_TEXTS, ...NASTY_BYTES]);
    fields = fields.map((pair, index) => (index === at ? [pair[0], nasty] : pair));
  }
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`GET /v1/events HTTP/1.1\r\n${lines}\r\n`, 'latin1');
}

export function nastyFrame(payload: Buffer, random: Random): FrameParts {
  const text = { opcode: TEXT, payload };
  return random.of<FrameParts>([
    { ...text, opcode: random.below(16) },
    { ...text, fin: false },
    { ...text, opcode: 0 },
    { ...text, rsv: 1 + random.below(7) },
    { ...text, masked: false },
    { ...text, lengthBytes: random.of([1, 3, 9] as const) },
    { ...text, length: payload.length + 1 },
    { ...text, length: payload.length - 1 },
    { ...text, length: 1_048_577 },
    { ...text, lengthBytes: 9, length: 2 ** 52 },
    { ...text, payload: Buffer.from(random.of(NASTY_BYTES), 'latin1') },
    { ...text, payload: Buffer.from(random.of(NASTY_TEXTS)) },
    { opcode: 0x9, payload: Buffer.alloc(random.of([0, 125, 126])) },
    { opcode: 0xa, payload: Buffer.from('unasked') },
    { opcode: 0x8, payload: closePayload(random.of([0, 999, 1000, 1005, 1006, 1015, 2999, 3000, 5000])) },
    { opcode: 0x8, payload: Buffer.from([3]) },
    { opcode: 0x8, payload: Buffer.from([3, 232, 0xff]) },
  ]);
}

function closePayload(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return payload;
}
