import { BATCH, type GoodCase, JSON_TYPE, STRUCTURED } from './publish-cases.ts';

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
