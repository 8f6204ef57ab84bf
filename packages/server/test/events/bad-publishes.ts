import { BATCH, type BadCase, JSON_TYPE, STRUCTURED } from './publish-cases.ts';

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
