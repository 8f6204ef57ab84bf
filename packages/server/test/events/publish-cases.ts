/** What a client may send to `POST /v1/events`, and what becomes of it. */
export interface PublishCase {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface GoodCase extends PublishCase {
  /** The members of each event as a reader gets it, beside what the server gives. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface BadCase extends PublishCase {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };

function plain(
  name: string,
  members: Readonly<Record<string, unknown>>,
  event: Readonly<Record<string, unknown>>,
): GoodCase {
  const body = JSON.stringify({ topic: 'news', type: 'greeting', ...members });
  return { name, headers: JSON_TYPE, body, events: [{ topic: 'news', type: 'greeting', ...event }] };
}

export const GOOD_PUBLISHES: readonly GoodCase[] = [
  plain('plain JSON as typed after curl', { data: { hello: 'world' } }, { data: { hello: 'world' } }),
  plain('no data at all', {}, {}),
  plain('null is data', { data: null }, { data: null }),
  plain('false is data', { data: false }, { data: false }),
  plain('empty text is data', { data: '' }, { data: '' }),
  plain('nested keys with inherited names', { data: { constructor: 1 } }, { data: { constructor: 1 } }),
  plain(
    'line ends and event-stream words in text',
    { data: 'a\n\nevent: admin\r\rid: 9\r\n' },
    { data: 'a\n\nevent: admin\r\rid: 9\r\n' },
  ),
  plain(
    'NUL, a byte order mark and line separators',
    { data: '\0\uFEFF\u2028\u2029' },
    { data: '\0\uFEFF\u2028\u2029' },
  ),
  plain('half a surrogate pair as an escape', { data: '\ud800x' }, { data: '\ud800x' }),
  plain(
    'text of another type',
    { datacontenttype: 'text/plain', data: 'hi' },
    { datacontenttype: 'text/plain', data: 'hi' },
  ),
  plain(
    'bytes',
    { datacontenttype: 'image/png', data_base64: 'AAECAw==' },
    { datacontenttype: 'image/png', data_base64: 'AAECAw==' },
  ),
  plain('JSON as bytes', { data_base64: Buffer.from('[1]').toString('base64') }, { data: [1] }),
  plain(
    'a vendor’s JSON',
    { datacontenttype: 'application/vnd.x+json; v=1', data: [1] },
    { datacontenttype: 'application/vnd.x+json; v=1', data: [1] },
  ),
  plain(
    'extensions of every type',
    { count: 3, flag: true, note: 'ü', constructor: 'x' },
    { count: 3, flag: true, note: 'ü', constructor: 'x' },
  ),
  plain('null attributes are absent', { subject: null, note: null }, {}),
  plain(
    'subject and schema',
    { subject: 'post/1', dataschema: 'https://example.org/s' },
    { subject: 'post/1', dataschema: 'https://example.org/s' },
  ),
  plain('several topics, one twice', { topic: 'news sport news' }, { topic: 'news sport' }),
  plain(
    'topics that look like inherited names',
    { topic: '__proto__ constructor toString' },
    { topic: '__proto__ constructor toString' },
  ),
  plain('a topic by its full name', { topic: 'app:default/news' }, { topic: 'news' }),
  {
    name: 'structured mode with everything the specification demands',
    headers: STRUCTURED,
    body: '{"specversion":"1.0","id":"A1","source":"/me","type":"t","topic":"news","time":"2026-01-31T12:00:00.5+01:00","data":1}',
    events: [
      {
        type: 't',
        topic: 'news',
        originid: 'A1',
        originsource: '/me',
        origintime: '2026-01-31T12:00:00.5+01:00',
        data: 1,
      },
    ],
  },
  {
    name: 'structured mode may repeat attributes as headers; the body counts',
    headers: { ...STRUCTURED, 'ce-topic': 'sport', 'ce-type': 'other' },
    body: '{"type":"t","topic":"news"}',
    events: [{ type: 't', topic: 'news' }],
  },
  {
    name: 'a batch',
    headers: BATCH,
    body: ' [ {"type":"a","topic":"news","data":{"n":[1,{"x":"]}"}]}} , {"type":"b","topic":"sport"} ] ',
    events: [
      { type: 'a', topic: 'news', data: { n: [1, { x: ']}' }] } },
      { type: 'b', topic: 'sport' },
    ],
  },
  {
    name: 'a batch under plain JSON',
    headers: JSON_TYPE,
    body: '[{"type":"a","topic":"news"}]',
    events: [{ type: 'a', topic: 'news' }],
  },
  { name: 'an empty batch', headers: BATCH, body: '[]', events: [] },
  {
    name: 'binary mode with JSON',
    headers: {
      ...JSON_TYPE,
      'ce-type': 't',
      'ce-topic': 'news',
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-note': 'Euro%20%E2%82%AC',
    },
    body: '\n{"a":\r\n1}',
    events: [
      { type: 't', topic: 'news', originid: '1', note: 'Euro €', datacontenttype: 'application/json', data: { a: 1 } },
    ],
  },
  {
    name: 'binary mode with bytes',
    headers: { 'content-type': 'application/x-thing', 'ce-type': 't', 'ce-topic': 'news' },
    body: Buffer.from([0, 255, 10, 13]),
    events: [{ type: 't', topic: 'news', datacontenttype: 'application/x-thing', data_base64: 'AP8KDQ==' }],
  },
  {
    name: 'binary mode without a body',
    headers: { 'ce-type': 't', 'ce-topic': 'news' },
    body: '',
    events: [{ type: 't', topic: 'news' }],
  },
];

function bad(name: string, body: string | Buffer, code: string, detail: string, headers = JSON_TYPE): BadCase {
  return { name, headers, body, status: STATUS[code] ?? 0, code, detail };
}

const STATUS: Readonly<Record<string, number>> = {
  'bad-request': 400,
  forbidden: 403,
  'too-large': 413,
  'unsupported-media-type': 415,
};

function event(members: string): string {
  return `{"topic":"news","type":"t"${members === '' ? '' : `,${members}`}}`;
}

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const topics = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`).join(' ');
const TYPE_WORDS = '"type" must be 1 to 200 characters of printable ASCII without spaces';
const MEDIA_WORDS =
  'send application/cloudevents+json, application/cloudevents-batch+json or application/json; or any other type with ce-type and ce-topic headers';

export const BAD_PUBLISHES: readonly BadCase[] = [
  bad('not JSON', '{', 'bad-request', 'the body is not valid JSON'),
  bad('empty', '', 'bad-request', 'the body is not valid JSON'),
  bad('a byte order mark', '\uFEFF{}', 'bad-request', 'the body is not valid JSON'),
  bad('not UTF-8', Buffer.from('{"topic":"\xff"}', 'latin1'), 'bad-request', 'the body is not valid UTF-8'),
  bad('a number', '1', 'bad-request', 'the body must be a JSON object'),
  bad('no type', '{"topic":"news"}', 'bad-request', 'an event needs a "type"'),
  bad('no topic', '{"type":"t"}', 'bad-request', 'an event needs a "topic"'),
  bad('a type with a line end', '{"topic":"news","type":"a\\nb"}', 'bad-request', TYPE_WORDS),
  bad('a type with NUL', '{"topic":"news","type":"a\\u0000"}', 'bad-request', TYPE_WORDS),
  bad('a type that is a number', '{"topic":"news","type":1}', 'bad-request', TYPE_WORDS),
  bad(
    'topics as an array',
    '{"topic":["a"],"type":"t"}',
    'bad-request',
    '"topic" must be a string: one topic, or several separated by single spaces',
  ),
  bad('an empty topic', '{"topic":"","type":"t"}', 'bad-request', 'a topic may not be empty'),
  bad('two spaces between topics', '{"topic":"a  b","type":"t"}', 'bad-request', 'a topic may not be empty'),
  bad(
    'a topic with a line end',
    '{"topic":"a\\nb","type":"t"}',
    'bad-request',
    'a topic is printable ASCII without spaces; percent-encode everything else',
  ),
  bad(
    'a topic of 201 bytes',
    `{"topic":"${'x'.repeat(201)}","type":"t"}`,
    'bad-request',
    'a topic has at most 200 bytes, this one has 201',
  ),
  bad('65 topics', `{"topic":"${topics(65)}","type":"t"}`, 'too-large', 'an event has at most 64 topics'),
  bad(
    'the same key twice',
    '{"topic":"news","type":"t","topic":"sport"}',
    'bad-request',
    'the body has the same key twice: "topic"',
  ),
  bad(
    'the same key twice, once escaped',
    '{"topic":"news","type":"t","t\\u006fpic":"sport"}',
    'bad-request',
    'the body has the same key twice: "topic"',
  ),
  bad(
    'a prototype',
    event('"__proto__":{"admin":true}'),
    'bad-request',
    '"__proto__" is no attribute name: use a to z and 0 to 9 only',
  ),
  bad(
    'an attribute in capitals',
    event('"userId":"1"'),
    'bad-request',
    '"userId" is no attribute name: use a to z and 0 to 9 only',
  ),
  bad('an attribute that is an object', event('"user":{}'), 'bad-request', 'attribute "user" must be a string'),
  bad(
    'an attribute of the server',
    event('"position":"1"'),
    'bad-request',
    'attribute "position" is given by the server; leave it out',
  ),
  bad(
    'an attribute with a control character',
    event('"user":"a\\u0007"'),
    'bad-request',
    'attribute "user" has a control character or half a surrogate pair',
  ),
  bad(
    'an attribute with half a surrogate pair',
    event('"user":"\\ud800"'),
    'bad-request',
    'attribute "user" has a control character or half a surrogate pair',
  ),
  bad('a fraction', event('"user":1.5'), 'bad-request', 'attribute "user": a number must be an integer of 32 bits'),
  bad(
    'an integer of 33 bits',
    event('"user":4294967296'),
    'bad-request',
    'attribute "user": a number must be an integer of 32 bits',
  ),
  bad(
    'a number beyond all',
    event('"user":1e309'),
    'bad-request',
    'attribute "user": a number must be an integer of 32 bits',
  ),
  bad('a wrong version', event('"specversion":"0.3"'), 'bad-request', '"specversion" must be "1.0"'),
  bad(
    'a wrong time',
    event('"time":"yesterday"'),
    'bad-request',
    '"time" must be a timestamp like 2026-01-31T12:00:00.000Z (RFC 3339)',
  ),
  bad(
    'the 32nd of a month',
    event('"time":"2026-01-32T00:00:00Z"'),
    'bad-request',
    '"time" must be a timestamp like 2026-01-31T12:00:00.000Z (RFC 3339)',
  ),
  bad(
    'both kinds of data',
    event('"data":1,"data_base64":"AA=="'),
    'bad-request',
    'the body has both "data" and "data_base64"',
  ),
  bad('no Base64', event('"data_base64":"A*A="'), 'bad-request', '"data_base64" must be Base64 (RFC 4648 §4)'),
  bad('JSON bytes that are none', event('"data_base64":"e3s="'), 'bad-request', 'the body is not valid JSON'),
  bad(
    'an object as text',
    event('"datacontenttype":"text/plain","data":{}'),
    'bad-request',
    '"data" must be a string where "datacontenttype" is not JSON',
  ),
  bad(
    'no media type',
    event('"datacontenttype":"text"'),
    'bad-request',
    '"datacontenttype" must be a media type like text/plain',
  ),
  bad('deep nesting', event(`"data":${deep(10_000)}`), 'bad-request', 'the body is nested deeper than 100 levels'),
  bad('a deep hole', '['.repeat(100_000), 'bad-request', 'the body is nested deeper than 100 levels'),
  bad(
    '33 extensions',
    event(Array.from({ length: 33 }, (_, index) => `"e${index}":1`).join(',')),
    'too-large',
    'an event has at most 32 extension attributes',
  ),
  bad(
    'a batch where one belongs',
    '[{"topic":"a","type":"t"}]',
    'bad-request',
    'the body must be a JSON object',
    STRUCTURED,
  ),
  bad(
    'one where a batch belongs',
    '{"topic":"a","type":"t"}',
    'bad-request',
    'the body must be a JSON array under application/cloudevents-batch+json',
    BATCH,
  ),
  bad(
    'one bad event in a batch',
    '[{"topic":"a","type":"t"},{"topic":"a"}]',
    'bad-request',
    'an event needs a "type"',
    BATCH,
  ),
  bad(
    '1,001 events',
    `[${Array.from({ length: 1_001 }, () => '{}').join(',')}]`,
    'too-large',
    'one publish has at most 1000 events',
    BATCH,
  ),
  bad('a form', 'topic=news', 'unsupported-media-type', MEDIA_WORDS, {
    'content-type': 'application/x-www-form-urlencoded',
  }),
  bad('JSON in plain text', '{"topic":"a","type":"t"}', 'unsupported-media-type', MEDIA_WORDS, {
    'content-type': 'text/plain',
  }),
  {
    ...bad('binary mode without a topic', '1', 'bad-request', 'an event needs a "topic"'),
    headers: { ...JSON_TYPE, 'ce-type': 't' },
  },
  {
    ...bad('binary mode with broken JSON', '{', 'bad-request', 'the body is not valid JSON'),
    headers: { ...JSON_TYPE, 'ce-type': 't', 'ce-topic': 'a' },
  },
  {
    ...bad('a wrong escape in a header', '1', 'bad-request', 'header ce-note is not percent-encoded UTF-8'),
    headers: { ...JSON_TYPE, 'ce-note': '%ff' },
  },
  {
    ...bad(
      'a content type as an attribute',
      '1',
      'bad-request',
      'ce-datacontenttype is no attribute: use Content-Type and the body',
    ),
    headers: { ...JSON_TYPE, 'ce-datacontenttype': 'text/plain' },
  },
  {
    ...bad(
      'an idempotency key beyond ASCII',
      event(''),
      'bad-request',
      'an idempotency key has 1 to 256 printable ASCII characters',
    ),
    headers: { ...JSON_TYPE, 'idempotency-key': '\u00e9' },
  },
  {
    ...bad(
      'a long idempotency key',
      event(''),
      'bad-request',
      'an idempotency key has 1 to 256 printable ASCII characters',
    ),
    headers: { ...JSON_TYPE, 'idempotency-key': 'k'.repeat(257) },
  },
  bad(
    'a topic of the domain',
    '{"topic":"public","type":"t"}',
    'forbidden',
    'the credential does not grant publish on "public"',
  ),
  bad(
    'an account’s topic beside one’s own',
    '{"topic":"news account:7","type":"t"}',
    'forbidden',
    'the credential does not grant publish on "account:7"',
  ),
  bad(
    'the system’s topic',
    '{"topic":"system","type":"token.revoked"}',
    'forbidden',
    'the credential does not grant publish on "system"',
  ),
  bad(
    'another app’s topic',
    '{"topic":"app:other/news","type":"t"}',
    'forbidden',
    'the credential does not grant publish on "app:other/news"',
  ),
  bad(
    'a stream',
    '{"topic":"stream:default/a","type":"t"}',
    'forbidden',
    '"stream:default/a" is a stream: append to it under /v1/stream/',
  ),
];
