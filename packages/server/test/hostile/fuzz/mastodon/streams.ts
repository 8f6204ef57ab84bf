import { LAST_ID, nastyFrame } from '../conversation.ts';
import { encodeFrame, TEXT } from '../frames.ts';
import { NASTY_BYTES, NASTY_TEXTS } from '../nasty.ts';
import { type Mutated, mutateJson, mutateOneField } from '../one-field.ts';
import type { Random } from '../random.ts';
import type { Pair } from '../seeds.ts';
import type { MastodonWorld } from './world.ts';

const NAMES = ['user', 'user:notification', 'direct', 'public', 'public:local', 'public:remote:media'] as const;
/** Its `ack` ends every conversation: whoever hears it has heard everything. */
const LAST = { type: 'unsubscribe', stream: 'direct', ack: LAST_ID };

/** A connection that subscribes by its address and by messages, with one part of it changed. */
export function mutateSocket(world: MastodonWorld, random: Random): Mutated {
  const { since } = world;
  const list = random.of(world.ids.list);
  const messages: readonly object[] = [
    { type: 'subscribe', stream: random.of(NAMES), ack: 1 },
    { type: 'subscribe', stream: 'hashtag', tag: 'FöoBar', since, ack: 'two' },
    { type: 'subscribe', stream: ['hashtag:local'], tag: 'fuzz' },
    { type: 'subscribe', stream: 'list', list, ack: 4 },
    { type: 'subscribe', stream: 'list', list: Number(list) },
    { type: 'unsubscribe', stream: 'hashtag', tag: 'FöoBar', ack: 6 },
  ];
  const at = random.below(messages.length);
  const kind = random.of(['message', 'message', 'message', 'frame', 'query', 'header'] as const);
  const frames = messages.map((message, index) => {
    const payload = Buffer.from(JSON.stringify(message));
    if (index !== at || (kind !== 'message' && kind !== 'frame')) return encodeFrame({ opcode: TEXT, payload });
    if (kind === 'message') return encodeFrame({ opcode: TEXT, payload: Buffer.from(mutateJson(message, random)) });
    return encodeFrame(nastyFrame(payload, random));
  });
  const last = encodeFrame({ opcode: TEXT, payload: Buffer.from(JSON.stringify(LAST)) });
  return { field: kind, bytes: Buffer.concat([handshake(world, random, kind), ...frames, last]) };
}

function handshake(world: MastodonWorld, random: Random, kind: string): Buffer {
  const { token } = random.of(world.people);
  const change = (pairs: readonly Pair[], isIt: boolean): readonly Pair[] => {
    const at = random.below(pairs.length);
    const nasty = random.of([...NASTY_TEXTS, ...NASTY_BYTES]);
    return pairs.map((pair, n) => (isIt && n === at ? [pair[0], nasty] : pair));
  };
  const query = change(
    [
      ['stream', random.of(['public', 'hashtag', 'list'])],
      ['tag', 'fuzz'],
      ['list', random.of(world.ids.list)],
      ['since', world.since],
    ],
    kind === 'query',
  );
  const asSubprotocol: Pair = ['Sec-WebSocket-Protocol', token];
  const headers = change(
    [
      ['Host', world.host],
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
      random.chance(0.3) ? asSubprotocol : ['Authorization', `Bearer ${token}`],
    ],
    kind === 'header',
  );
  const target = `/api/v1/streaming?${query.map((pair) => pair.join('=')).join('&')}`;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`GET ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
}

/** An event stream that begins with a word, with one part changed. */
export function mutateEventStream(world: MastodonWorld, random: Random): Mutated {
  const name = random.of([
    'user',
    'user/notification',
    'direct',
    'public/local',
    'hashtag',
    'list',
    'public',
    'health',
  ]);
  const { token } = random.of(world.people);
  const seed = {
    face: 'pages' as const,
    method: 'GET',
    path: `/api/v1/streaming/${name}`,
    query: [
      ['tag', 'fuzz'],
      ['list', random.of(world.ids.list)],
      ['only_media', 'false'],
      ['since', 'now'],
    ] as const,
    headers: [
      ['Host', world.host],
      ['Authorization', `Bearer ${token}`],
      ...(random.chance(0.3) ? ([['Last-Event-ID', world.since]] as const) : []),
    ] as const,
  };
  return mutateOneField(seed, random);
}
