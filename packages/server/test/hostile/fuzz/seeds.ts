import type { Random } from './random.ts';

export const FACES = ['publish', 'subscribe', 'stream', 'admin', 'pages', 'internal'] as const;
export type Face = (typeof FACES)[number];

/** A valid request in its parts, so that exactly one of them can be changed. */
export interface Seed {
  readonly face: Face;
  readonly method: string;
  readonly path: string;
  readonly query: readonly Pair[];
  readonly headers: readonly Pair[];
  /** Goes as JSON. */
  readonly json?: unknown;
  readonly text?: string;
}

export type Pair = readonly [name: string, value: string];

export interface World {
  readonly host: string;
  readonly token: string;
  readonly adminToken: string;
  /** A position that was given out. */
  readonly since: string;
  /** A JSON stream that is never deleted, and its first offset. */
  readonly stream: string;
}

type Part = Partial<Omit<Seed, 'face' | 'method' | 'path' | 'headers'>> & { readonly headers?: readonly Pair[] };

const JSON_TYPE: Pair = ['Content-Type', 'application/json'];
const POLL: Pair = ['Accept', 'application/cloudevents-batch+json'];
const AFFILIATIONS = ['owner', 'moderator', 'publisher', 'member', 'none', 'outcast'];
const LISTEN: Pair = ['Accept', 'text/event-stream'];

function broughtPost(n: number): object {
  const author = { name: 'romeo', domain: 'verona.example', displayName: 'Romeo', url: 'https://verona.example/romeo' };
  return {
    origin: `https://verona.example/${n % 7}`,
    author: { ...author, note: '<p>of <b>Montague</b></p>', bot: false, locked: false },
    format: 'xhtml',
    text: '<p onclick="x()">Hear, @juliet <a href="javascript:x()">#fuzz</a></p>',
    language: 'it',
    sensitive: false,
    warning: 'loud',
    mentions: ['nurse'],
    tags: ['fuzz'],
    visibility: 'public',
    replyTo: `https://verona.example/${(n + 1) % 7}`,
    createdAt: '2026-01-02T03:04:05.000Z',
  };
}

/** One valid request of a face; `n` makes names that no other request has. */
export function seedOf(face: Face, world: World, random: Random, n: number): Seed {
  const { host, token, adminToken, since, stream } = world;
  const bearer: Pair = ['Authorization', `Bearer ${face === 'admin' ? adminToken : token}`];
  const make = (method: string, path: string, { headers = [], query = [], ...rest }: Part = {}): Seed => {
    const own = face === 'pages' || face === 'internal' ? [] : [bearer];
    return { face, method, path, query, headers: [['Host', host], ...own, ...headers], ...rest };
  };
  const event = {
    topic: `fuzz-${n % 5}`,
    type: 'fuzz',
    subject: `case/${n}`,
    flag: true,
    data: { n, list: [1, { a: 'b' }] },
  };
  const key: Pair = ['Idempotency-Key', `fuzz-${n}`];
  const body = { json: [{ n }, { more: [true, null] }] };
  const name = `/v1/stream/fuzz-${n}`;
  const old = `/v1/stream/${stream}`;
  const makers: Readonly<Record<Face, readonly (() => Seed)[]>> = {
    publish: [
      () => make('POST', '/v1/events', { headers: [JSON_TYPE, key], json: event }),
      () =>
        make('POST', '/v1/events', {
          headers: [['Content-Type', 'application/cloudevents+json']],
          json: { ...event, specversion: '1.0', id: `${n}`, source: '/fuzz' },
        }),
      () =>
        make('POST', '/v1/events', {
          headers: [['Content-Type', 'application/cloudevents-batch+json'], key],
          json: [event, { ...event, data_base64: 'AAEC', data: undefined, datacontenttype: 'image/png' }],
        }),
      () =>
        make('POST', '/v1/events', {
          headers: [
            ['Content-Type', 'text/plain; charset=utf-8'],
            ['ce-type', 'fuzz'],
            ['ce-topic', 'fuzz-1%20fuzz-2'],
            ['ce-id', `${n}`],
            ['ce-note', '%E2%82%AC'],
          ],
          text: 'in binary mode',
        }),
    ],
    subscribe: [
      () =>
        make('GET', '/v1/events', {
          headers: [POLL],
          query: [
            ['topic', 'fuzz-1'],
            ['since', 'earliest'],
            ['wait', '0'],
            ['limit', '3'],
          ],
        }),
      () =>
        make('GET', '/v1/events', {
          headers: [['Accept', 'application/json']],
          query: [
            ['topic', 'fuzz-1'],
            ['topic', 'fuzz-2'],
            ['since', since],
            ['wait', '0'],
          ],
        }),
      () =>
        make('GET', '/v1/events', {
          headers: [LISTEN, ['Last-Event-ID', since]],
          query: [
            ['topic', 'fuzz-3'],
            ['topic', 'public'],
          ],
        }),
      () =>
        make('GET', '/v1/events', {
          headers: [LISTEN],
          query: [
            ['topic', 'fuzz-4'],
            ['last_event_id', since],
            ['access_token', token],
          ],
        }),
    ],
    stream: [
      () => make('PUT', name, { headers: [JSON_TYPE, ['Stream-TTL', '3600']], ...body }),
      () =>
        make('PUT', name, {
          headers: [
            ['Content-Type', 'text/plain'],
            ['Stream-Expires-At', '2100-01-02T03:04:05Z'],
            ['Stream-Closed', 'true'],
          ],
          text: 'all',
        }),
      () =>
        make('PUT', name, {
          headers: [
            JSON_TYPE,
            ['Stream-Forked-From', old],
            ['Stream-Fork-Offset', '-1'],
            ['Stream-Fork-Sub-Offset', '1'],
          ],
        }),
      () => make('POST', old, { headers: [JSON_TYPE], ...body }),
      () =>
        make('POST', old, {
          headers: [JSON_TYPE, ['Producer-Id', `p-${n}`], ['Producer-Epoch', '0'], ['Producer-Seq', '0']],
          ...body,
        }),
      () => make('GET', old, { query: [['offset', '-1']], headers: [['If-None-Match', '"a", W/"b"']] }),
      () =>
        make('GET', old, {
          query: [
            ['offset', since],
            ['live', 'sse'],
            ['cursor', '7'],
          ],
          headers: [LISTEN],
        }),
      () =>
        make('GET', old, {
          query: [
            ['offset', '-1'],
            ['live', 'long-poll'],
          ],
        }),
      () => make('HEAD', old),
      () => make('DELETE', name),
    ],
    admin: [
      () =>
        make('POST', '/admin/keys', {
          headers: [JSON_TYPE],
          json: { name: `k${n}`, app: 'default', publish: ['a/*'], subscribe: ['public'], ttl: 60 },
        }),
      () =>
        make('POST', '/admin/tokens', {
          headers: [JSON_TYPE],
          json: { subject: `s${n}`, app: 'default', publish: ['*'], subscribe: [], ttl: 60 },
        }),
      () => make('POST', '/admin/tokens/revoke', { headers: [JSON_TYPE], json: { credentialId: `jti:fuzz-${n}` } }),
      () =>
        make('GET', '/admin/audit', {
          query: [
            ['before', '99999'],
            ['limit', '2'],
          ],
        }),
      () => make('DELETE', `/admin/keys/k${n}`),
      () =>
        make('POST', '/admin/accounts', {
          headers: [JSON_TYPE],
          json: { name: `p${n}`, displayName: 'P', kind: 'person', role: 'member', email: `p${n}@example.org` },
        }),
      () =>
        make('POST', '/admin/accounts/juliet/tokens', { headers: [JSON_TYPE], json: { scopes: ['read', 'ingest'] } }),
      () => make('POST', `/admin/accounts/mercutio/${n % 4 < 2 ? 'suspend' : 'restore'}`),
      () => make('DELETE', `/admin/accounts/p${n - 1}`),
      () =>
        make('POST', '/admin/channels', {
          headers: [JSON_TYPE],
          json: { name: `c${n}`, owner: 'juliet', title: 'C', description: 'of *all*', access: 'authorize' },
        }),
      () =>
        make('POST', `/admin/channels/${n % 3 === 0 ? 'verona' : `c${n - 1}`}/affiliations`, {
          headers: [JSON_TYPE],
          json: { account: n % 2 === 0 ? 'nurse' : 'juliet', affiliation: AFFILIATIONS[n % AFFILIATIONS.length] },
        }),
      () => make('GET', '/admin/organization'),
      () =>
        make('PATCH', '/admin/organization', {
          headers: [JSON_TYPE],
          json: {
            title: 'Verona',
            description: 'Where we lay our *scene*',
            registrations: n % 2 === 0,
            rules: ['Bite no thumbs', { text: 'No duels', hint: 'in the market', id: '1' }],
            contact: 'juliet',
            language: 'it',
            languages: ['it', 'en-GB'],
          },
        }),
      () =>
        make('POST', '/admin/announcements', {
          headers: [JSON_TYPE],
          json: { text: 'a *ball*', startsAt: '2026-01-02T03:04:05Z', endsAt: '2099-01-02T03:04:05Z', allDay: true },
        }),
      () => make('DELETE', `/admin/announcements/${n}`),
      () => make('POST', '/v1/ingest/posts', { headers: [JSON_TYPE], json: broughtPost(n) }),
      () =>
        make('PUT', '/v1/ingest/posts', {
          query: [['origin', `https%3A%2F%2Fverona.example%2F${n % 7}`]],
          headers: [JSON_TYPE],
          json: { text: '<p>changed</p>', media: [String(n)] },
        }),
      () => make('DELETE', '/v1/ingest/posts', { query: [['origin', `https%3A%2F%2Fverona.example%2F${n % 7}`]] }),
      () =>
        make('POST', '/v1/ingest/media', {
          query: [
            ['name', 'romeo'],
            ['domain', 'verona.example'],
            ['url', 'https%3A%2F%2Fverona.example%2Fromeo'],
            ['description', 'a%20dot'],
          ],
          text: 'ID3 and more',
        }),
    ],
    pages: [
      () => make('GET', '/dev/credentials.json', { headers: [['Sec-Fetch-Site', 'none']] }),
      () => make('GET', '/console', { headers: [['Accept', 'text/html']] }),
      () => make('HEAD', '/console/script.js'),
      () =>
        make('OPTIONS', '/v1/events', {
          headers: [
            ['Origin', 'https://app.example'],
            ['Access-Control-Request-Method', 'POST'],
            ['Access-Control-Request-Headers', 'authorization'],
          ],
        }),
    ],
    internal: [
      () => make('GET', '/health/live'),
      () => make('GET', '/health/ready', { headers: [['Accept', 'application/json']] }),
      () => make('GET', '/metrics', { headers: [['Authorization', 'Bearer x']] }),
    ],
  };
  return random.of(makers[face])();
}
