import type { ErrorCode } from '@carillon/core';
import type { RawRequest } from './raw-exchange.ts';
import type { HostileServer } from './server.ts';

export interface HttpCase {
  readonly name: string;
  readonly request: (server: HostileServer) => RawRequest;
  readonly code: ErrorCode;
}

type Fields = readonly (readonly [string, string])[];

const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const EVENT = '{"topic":"news","type":"t"}';
const POLL = ['Accept', 'application/json'] as const;
const SSE = ['Accept', 'text/event-stream'] as const;

const bearer = (token: string) => ['Authorization', `Bearer ${token}`] as const;

export function publishes(body: string | Buffer, headers: Fields = [JSON_TYPE]): HttpCase['request'] {
  return ({ full }) => ({ method: 'POST', target: '/v1/events', headers: [bearer(full), ...headers], body });
}

export function polls(query: string, headers: Fields = []): HttpCase['request'] {
  return ({ full }) => ({ method: 'GET', target: `/v1/events?${query}`, headers: [bearer(full), POLL, ...headers] });
}

function listens(query: string, headers: Fields = []): HttpCase['request'] {
  return ({ full }) => ({ method: 'GET', target: `/v1/events?${query}`, headers: [bearer(full), SSE, ...headers] });
}

function stream(method: string, path: string, headers: Fields = [], body?: string | Buffer): HttpCase['request'] {
  return ({ full }) => ({
    method,
    target: `/v1/stream/${path}`,
    headers: [bearer(full), ...headers],
    ...(body === undefined ? {} : { body }),
  });
}

function administers(method: string, path: string, body?: string, headers: Fields = [JSON_TYPE]): HttpCase['request'] {
  return ({ adminToken }) => ({
    method,
    target: `/admin/${path}`,
    headers: [bearer(adminToken), ...headers],
    ...(body === undefined ? {} : { body }),
  });
}

const get = (target: string, headers: Fields = []): HttpCase['request'] => {
  return ({ full }) => ({ method: 'GET', target, headers: [bearer(full), ...headers] });
};

const rows = (code: ErrorCode, cases: Readonly<Record<string, HttpCase['request']>>): HttpCase[] =>
  Object.entries(cases).map(([name, request]) => ({ name, request, code }));

const topics = (count: number): string => Array.from({ length: count }, (_, n) => `topic=t${n}`).join('&');
const many = (count: number, item: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => item(n)).join(',');
const event = (members: string): string => `{"topic":"news","type":"t",${members}}`;

const OVERSIZED: readonly HttpCase[] = [
  ...rows('too-large', {
    'a body of a byte too many': publishes(event(`"data":"${'x'.repeat(1_048_576)}"`)),
    'a chunked body of a byte too many': publishes(`100001\r\n${'x'.repeat(0x100001)}\r\n0\r\n\r\n`, [
      JSON_TYPE,
      ['Transfer-Encoding', 'chunked'],
    ]),
    'a body that only says that it is too long': publishes('', [JSON_TYPE, ['Content-Length', '99999999999']]),
    'a batch of 1,001 events': publishes(`[${many(1_001, () => EVENT)}]`),
    'B31: 10,000 topics in one event': publishes(
      `{"type":"t","topic":"${many(10_000, (n) => `t${n}`).replaceAll(',', ' ')}"}`,
    ),
    '65 topics in one event': publishes(`{"type":"t","topic":"${many(65, (n) => `t${n}`).replaceAll(',', ' ')}"}`),
    '33 extension attributes': publishes(event(many(33, (n) => `"x${n}":1`))),
    'an attribute of 1,025 characters': publishes(event(`"subject":"${'x'.repeat(1_025)}"`)),
    '1,001 topics in one poll': polls(topics(1_001)),
    '1,001 topics in one stream': listens(topics(1_001)),
    'B31: 5,000 topics in one stream': listens(topics(5_000)),
    'an append of more than 16 MiB': stream(
      'POST',
      'big',
      [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '16777217'],
      ],
      '',
    ),
    'a body of a byte too many for an administrator': administers(
      'POST',
      'keys',
      `{"name":"${'x'.repeat(1_048_576)}"}`,
    ),
  }),
  ...rows('uri-too-long', {
    'a name of a stream that is no topic': stream('PUT', 'x'.repeat(201)),
    'D65: a name of a stream of 60,000 bytes': stream('PUT', 'x'.repeat(60_000)),
    'a target of 65,537 bytes': get(`/${'a'.repeat(65_536)}`),
  }),
  ...rows('headers-too-large', {
    'a header of 100,000 bytes': get('/v1/events?topic=a', [['X-Long', 'x'.repeat(100_000)]]),
    '101 headers': get(
      '/v1/events?topic=a',
      Array.from({ length: 101 }, (_, n) => [`X-${n}`, 'x'] as const),
    ),
  }),
];

const MALFORMED: readonly HttpCase[] = [
  ...rows('bad-request', {
    'no body': publishes(''),
    'JSON cut off': publishes(EVENT.slice(0, -1)),
    'JSON with something behind it': publishes(`${EVENT}x`),
    'JSON of another dialect': publishes("{topic:'news',type:'t'}"),
    'a byte order mark': publishes(`\uFEFF${EVENT}`),
    'text that is not UTF-8': publishes(Buffer.from('{"topic":"news","type":"t","data":"\xff"}', 'latin1')),
    'a surrogate in UTF-8': publishes(
      Buffer.concat([
        Buffer.from('{"topic":"news","type":"t","data":"'),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}'),
      ]),
    ),
    'overlong UTF-8': publishes(Buffer.from('{"topic":"news","type":"t","data":"\xc0\xaf"}', 'latin1')),
    'B27: 100,000 opening brackets': publishes('['.repeat(100_000)),
    'B27: data 10,000 levels deep': publishes(event(`"data":${'['.repeat(10_000)}${']'.repeat(10_000)}`)),
    'B28: the same key twice': publishes('{"topic":"news","topic":"system","type":"t"}'),
    'B28: the same key twice, once escaped': publishes('{"topic":"news","\\u0074opic":"system","type":"t"}'),
    'B28: the same header twice': publishes('x', [
      ['Content-Type', 'text/plain'],
      ['ce-type', 't'],
      ['ce-topic', 'news'],
      ['ce-topic', 'room'],
    ]),
    'B29: a number as topic': publishes('{"topic":7,"type":"t"}'),
    'B29: a list as topic': publishes('{"topic":["news"],"type":"t"}'),
    'B29: an object as type': publishes('{"topic":"news","type":{"$ne":""}}'),
    'B29: null as topic': publishes('{"topic":null,"type":"t"}'),
    'B29: an attribute beyond every number': publishes(event('"n":1e309')),
    'B29: an attribute of 2^53 + 1': publishes(event('"n":9007199254740993')),
    'B29: an attribute that is a list': publishes(event('"n":[1]')),
    'B29: an event that is text': publishes('"news"'),
    'B29: a batch of numbers': publishes('[1,2]'),
    'B29: data in two forms': publishes(event('"data":1,"data_base64":"AA=="')),
    'B29: bytes that are no Base64': publishes(event('"data_base64":"a?"')),
    'B30: NUL in an attribute': publishes(event('"subject":"a\\u0000b"')),
    'B30: half a surrogate pair in an attribute': publishes(event('"subject":"\\ud800"')),
    'B26: __proto__ as an attribute': publishes(event('"__proto__":{"admin":true}')),
    'D65: an empty topic': publishes('{"topic":"","type":"t"}'),
    'D65: a topic of 201 bytes': publishes(`{"topic":"${'x'.repeat(201 - 'app:default/'.length)}","type":"t"}`),
    'D65: a topic of a megabyte': publishes(`{"topic":"${'x'.repeat(1_000_000)}","type":"t"}`),
    'D65: a topic of combining marks': publishes('{"topic":"\u0301\u0301","type":"t"}'),
    'D63: a space at the end of a topic': publishes('{"topic":"news ","type":"t"}'),
    'a line end in a topic': publishes('{"topic":"a\\nb","type":"t"}'),
    'E68: a line end in a type': publishes('{"topic":"news","type":"t\\r\\nid: 9"}'),
    'E68: NUL in a type': publishes('{"topic":"news","type":"t\\u0000"}'),
    'E68: a line end in an id': publishes(event('"id":"1\\n2"')),
    'a position given by the publisher': publishes(event('"position":"1"')),
    'a key that is empty': publishes(EVENT, [JSON_TYPE, ['Idempotency-Key', '']]),
    'a key of 257 characters': publishes(EVENT, [JSON_TYPE, ['Idempotency-Key', 'k'.repeat(257)]]),
    'no topic in a poll': polls('wait=0'),
    'a topic in another word': polls('topics=a&channel[]=a'),
    'an empty topic in a poll': polls('topic='),
    'a topic of bytes that are not UTF-8': polls('topic=%ff%fe'),
    'a line end in a topic of a poll': polls('topic=a%0d%0aX-Evil:%201'),
    'B29: wait as text': polls('topic=a&wait=soon'),
    'B29: a negative limit': polls('topic=a&limit=-1'),
    'B29: two sinces': polls('topic=a&since=1&since=2'),
    'a stream that is no name': stream('PUT', 'a/../b'),
    'a stream offset that is none': stream('GET', 'a?offset=banana'),
    'two stream offsets': stream('GET', 'a?offset=-1&offset=now'),
    'a live mode that is none': stream('GET', 'a?offset=-1&live=telepathy'),
    'a TTL that is none': stream('PUT', 'a', [['Stream-TTL', '1e3']]),
    'a producer without number': stream(
      'POST',
      'a',
      [
        ['Content-Type', 'text/plain'],
        ['Producer-Id', 'p'],
      ],
      'x',
    ),
    'an append without a type': stream('POST', 'a', [], 'x'),
    'no JSON for an administrator': administers('POST', 'keys', '{'),
    'B27: 100,000 brackets for an administrator': administers('POST', 'tokens', '['.repeat(100_000)),
    'B29: a number as grant': administers('POST', 'tokens', '{"publish":[7]}'),
    'B26: __proto__ for an administrator': administers('POST', 'tokens', '{"__proto__":{"admin":true}}'),
    'B29: an audit page that is none': administers('GET', 'audit?limit=all'),
    'a request that names its length twice': publishes(EVENT, [
      JSON_TYPE,
      ['Content-Length', '27'],
      ['Content-Length', '27'],
    ]),
  }),
  ...rows('unsupported-media-type', {
    'no media type': publishes(EVENT, []),
    'B32: a form': publishes('topic=news&type=t', [['Content-Type', 'application/x-www-form-urlencoded']]),
    'B32: a form of several parts': publishes(EVENT, [['Content-Type', 'multipart/form-data; boundary=b']]),
    'B32: JSON as text': publishes(EVENT, [['Content-Type', 'text/plain']]),
    'a packed body': publishes(EVENT, [JSON_TYPE, ['Content-Encoding', 'gzip']]),
    'B32: JSON as text for an administrator': administers('POST', 'keys', '{}', [['Content-Type', 'text/plain']]),
  }),
];

const NOWHERE: readonly HttpCase[] = [
  ...rows('not-found', {
    'an address that is none': get('/v2/events'),
    'an address below events': get('/v1/events/all'),
    'an address of no stream': get('/v1/stream/'),
    'a reserved stream': stream('PUT', '__ds/subscriptions/a'),
    'a stream that is not there': stream('GET', 'never-made'),
    'an address of no administrator': administers('GET', 'users'),
    'an unknown key': administers('DELETE', 'keys/none'),
    'a file of the console that is none': get('/console/../../package.json'.replaceAll('../', '')),
    'a file of development that is none': get('/dev/secrets.json'),
    'an unknown app': administers('POST', 'tokens', '{"app":"nobody"}'),
  }),
  ...rows('method-not-allowed', {
    'PUT of events': ({ full }) => ({ method: 'PUT', target: '/v1/events', headers: [bearer(full)], body: EVENT }),
    'PATCH of a stream': stream('PATCH', 'a', [], 'x'),
    'a method that nobody knows': ({ full }) => ({ method: 'PURGE', target: '/v1/events', headers: [bearer(full)] }),
    'PUT of a key': administers('PUT', 'keys', '{}'),
    'DELETE of the console': ({ full }) => ({ method: 'DELETE', target: '/console', headers: [bearer(full)] }),
    'POST of the credentials': () => ({ method: 'POST', target: '/dev/credentials.json', body: '{}' }),
  }),
  ...rows('misdirected', {
    'the Host of somebody else': () => ({
      method: 'GET',
      target: '/v1/events?topic=a',
      headers: [['Host', 'evil.example']],
    }),
    'the Host of somebody else for the credentials': () => ({
      method: 'GET',
      target: '/dev/credentials.json',
      headers: [['Host', 'rebound.example:4000']],
    }),
  }),
  ...rows('forbidden', {
    'the credentials for another page': () => ({
      method: 'GET',
      target: '/dev/credentials.json',
      headers: [['Origin', 'https://evil.example']],
    }),
    'C54: a full token for an administrator': ({ full }) => ({
      method: 'GET',
      target: '/admin/keys',
      headers: [bearer(full)],
    }),
  }),
];

export const POSITIONS: Readonly<
  Record<string, { readonly since: string; readonly code: ErrorCode; readonly reason: string }>
> = {
  'a word': { since: 'banana', code: 'bad-request', reason: 'malformed' },
  'a negative number': { since: '-1', code: 'bad-request', reason: 'malformed' },
  'E69: a number beyond all': { since: '1e400', code: 'bad-request', reason: 'malformed' },
  'E69: SQL': { since: "'%3B%20DROP%20TABLE%20event--", code: 'bad-request', reason: 'malformed' },
  'E69: NUL': { since: '%00', code: 'bad-request', reason: 'malformed' },
  'E69: line ends': { since: '1%0d%0aid:%209', code: 'bad-request', reason: 'malformed' },
  'E69: 8 KB': { since: '9'.repeat(8_192), code: 'bad-request', reason: 'malformed' },
  'another epoch': { since: '0000000000000001_lostlost', code: 'gap', reason: 'epoch' },
  'E69: above the end': { since: '9007199254740991_EPOCH', code: 'gap', reason: 'ahead' },
};

export const HTTP_CASES: readonly HttpCase[] = [...OVERSIZED, ...MALFORMED, ...NOWHERE];

/**
 * Heads beyond both limits, of the target and of the whole head: which of them is named depends on how the network cut
 * the request, because Node's parser forgets what it has read.
 */
export const ENDLESS_TARGETS: Readonly<Record<string, HttpCase['request']>> = {
  '100,000 topics in one poll': polls(topics(100_000)),
  '100,000 topics in one stream': listens(topics(100_000)),
  '10,000 topics in one stream': listens(topics(10_000)),
};
