import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, RawClient, statusCodes } from './testing/raw-client.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const HOST = 'Host: 127.0.0.1\r\n';
/** Would be answered 200 if anything behind a refused request were ever parsed. */
const SMUGGLED = `GET /hello HTTP/1.1\r\n${HOST}\r\n`;

interface Case {
  readonly name: string;
  readonly send: string;
  /** Statuses that say no; an empty list allows a connection closed without an answer. */
  readonly answers: readonly number[];
}

const post = (fields: string, body: string): string => `POST /length HTTP/1.1\r\n${HOST}${fields}\r\n${body}`;
const get = (target: string, fields = HOST): string => `GET ${target} HTTP/1.1\r\n${fields}\r\n`;
const upgrade = (target: string, fields = ''): string =>
  `GET ${target} HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${fields}\r\n`;

const REFUSED: readonly Case[] = [
  { name: 'A3: no Host', send: get('/hello', ''), answers: [400] },
  { name: 'A3: two Host headers', send: get('/hello', HOST + HOST), answers: [400] },
  { name: 'A3: two Host headers in other case', send: get('/hello', `${HOST}hOST: b\r\n`), answers: [400] },
  { name: 'A3: empty Host', send: get('/hello', 'Host: \r\n'), answers: [400] },
  { name: 'A3: a list in Host', send: get('/hello', 'Host: a,b\r\n'), answers: [400] },
  { name: 'A3: user information in Host', send: get('/hello', 'Host: u@h\r\n'), answers: [400] },
  { name: 'A3: a path in Host', send: get('/hello', 'Host: h/p\r\n'), answers: [400] },
  { name: 'A3: a port that is none in Host', send: get('/hello', 'Host: h:99999\r\n'), answers: [400] },
  { name: 'A3: the same on a stream route', send: get('/sse', 'Host: a,b\r\n'), answers: [400] },
  { name: 'A3: the same on an upgrade', send: upgrade('/ws').replace(HOST, 'Host: a,b\r\n'), answers: [400] },
  { name: 'a Host that this server is not', send: get('/hello', 'Host: evil.example\r\n'), answers: [421] },
  {
    name: 'A4: Content-Length and Transfer-Encoding',
    send: post('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A4: Transfer-Encoding and Content-Length',
    send: post('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', '0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A4: two different Content-Lengths',
    send: post('Content-Length: 3\r\nContent-Length: 4\r\n', 'abc'),
    answers: [400],
  },
  {
    name: 'A4: two equal Content-Lengths',
    send: post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'),
    answers: [400],
  },
  { name: 'A4: a list as Content-Length', send: post('Content-Length: 3, 3\r\n', 'abc'), answers: [400] },
  { name: 'A4: a signed Content-Length', send: post('Content-Length: +3\r\n', 'abc'), answers: [400] },
  { name: 'A4: a negative Content-Length', send: post('Content-Length: -3\r\n', 'abc'), answers: [400] },
  { name: 'A4: a hexadecimal Content-Length', send: post('Content-Length: 0x3\r\n', 'abc'), answers: [400] },
  {
    name: 'A4: a Content-Length beyond 64 bits',
    send: post('Content-Length: 99999999999999999999\r\n', 'abc'),
    answers: [400, 413],
  },
  { name: 'A4: an empty Transfer-Encoding', send: post('Transfer-Encoding: \r\n', ''), answers: [400] },
  {
    name: 'A4: Transfer-Encoding: xchunked',
    send: post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A4: Transfer-Encoding: chunked, identity',
    send: post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A4: Transfer-Encoding: gzip, chunked',
    send: post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A4: two Transfer-Encodings',
    send: post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    answers: [400],
  },
  { name: 'A4: a space before the colon', send: post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'), answers: [400] },
  {
    name: 'A4: Transfer-Encoding in HTTP/1.0',
    send: post('Transfer-Encoding: chunked\r\n', '0\r\n\r\n').replace('1.1', '1.0'),
    answers: [400],
  },
  { name: 'A2: a folded header', send: get('/hello', `${HOST}X-A: b\r\n c\r\n`), answers: [400] },
  { name: 'A2: a space before the first header', send: get('/hello', ` X-A: b\r\n${HOST}`), answers: [400] },
  { name: 'A2: NUL in a header', send: get('/hello', `${HOST}X-A: b\0c\r\n`), answers: [400] },
  { name: 'A2: a bare CR in a header', send: get('/hello', `${HOST}X-A: b\rX-C: d\r\n`), answers: [400] },
  { name: 'A2: a header without a name', send: get('/hello', `${HOST}: b\r\n`), answers: [400] },
  { name: 'A2: a header name with a space', send: get('/hello', `${HOST}X A: b\r\n`), answers: [400] },
  { name: 'A2: a header name that is not ASCII', send: get('/hello', `${HOST}X\xe9: b\r\n`), answers: [400] },
  { name: 'A2: a header line without a colon', send: get('/hello', `${HOST}nonsense\r\n`), answers: [400] },
  { name: 'A2: HTTP/0.9', send: 'GET /hello\r\n\r\n', answers: [400] },
  { name: 'A2: HTTP/2.0', send: get('/hello').replace('1.1', '2.0'), answers: [400] },
  { name: 'A2: HTTP/1.9', send: get('/hello').replace('1.1', '1.9'), answers: [400] },
  { name: 'A2: http/1.1', send: get('/hello').replace('HTTP', 'http'), answers: [400] },
  { name: 'A2: a control character in the target', send: get('/hel\x01lo'), answers: [400] },
  {
    name: 'A2: a chunk size that is none',
    send: post('Transfer-Encoding: chunked\r\n', 'zz\r\nabc\r\n0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A2: a chunk size with a prefix',
    send: post('Transfer-Encoding: chunked\r\n', '0x3\r\nabc\r\n0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A2: a chunk size beyond 64 bits',
    send: post('Transfer-Encoding: chunked\r\n', 'fffffffffffffffff\r\nabc'),
    answers: [400, 413],
  },
  {
    name: 'A2: a chunk longer than its size',
    send: post('Transfer-Encoding: chunked\r\n', '3\r\nabcdef\r\n0\r\n\r\n'),
    answers: [400],
  },
  {
    name: 'A2: a bare LF after a chunk size',
    send: post('Transfer-Encoding: chunked\r\n', '3\nabc\r\n0\r\n\r\n'),
    answers: [400],
  },
  { name: 'A7: 3,000 headers', send: get('/hello', HOST + 'X-A: b\r\n'.repeat(3_000)), answers: [431] },
  { name: 'A7: 3,000 headers on an upgrade', send: upgrade('/ws', 'X-A: b\r\n'.repeat(3_000)), answers: [431] },
  { name: 'a head of 200,000 bytes', send: get('/hello', `${HOST}X-A: ${'b'.repeat(200_000)}\r\n`), answers: [431] },
  { name: 'A9: a target of 70,000 bytes', send: get(`/${'a'.repeat(70_000)}`), answers: [414] },
  { name: 'A9: a target of 100,000 bytes', send: get(`/${'a'.repeat(100_000)}`), answers: [414, 431] },
  {
    name: 'A10: an upgrade to an unknown path, then garbage',
    send: `${upgrade('/nowhere')}\x00\xff\x13garbage`,
    answers: [404],
  },
  {
    name: 'A20: an encoded body',
    send: post('Content-Encoding: gzip\r\nContent-Length: 3\r\n', 'abc'),
    answers: [415],
  },
  {
    name: 'A21: an unknown expectation',
    send: post('Expect: the-worst\r\nContent-Length: 3\r\n', 'abc'),
    answers: [400, 417],
  },
  { name: 'A23: /%2e%2e/', send: get('/dev/%2e%2e/admin/keys'), answers: [400] },
  { name: 'A23: //', send: get('//admin/keys'), answers: [400] },
  { name: 'A23: %00', send: get('/admin/keys%00'), answers: [400] },
  { name: 'A23: overlong UTF-8', send: get('/%c0%ae%c0%ae/admin/keys'), answers: [400] },
  { name: 'A23: a backslash', send: get('/\\admin/keys'), answers: [400] },
  { name: 'A25: TRACE', send: get('/hello').replace('GET', 'TRACE'), answers: [405, 501] },
  { name: 'A25: CONNECT', send: `CONNECT example.org:443 HTTP/1.1\r\n${HOST}\r\n`, answers: [400, 405, 501] },
  { name: 'A25: PROPFIND', send: get('/hello').replace('GET', 'PROPFIND'), answers: [405, 501] },
  { name: 'A25: a method nobody knows', send: get('/hello').replace('GET', 'FROB'), answers: [405, 501] },
  { name: 'a target that names another host', send: get('http://evil.example/hello'), answers: [400] },
  {
    name: 'two Authorization headers',
    send: get('/hello', `${HOST}Authorization: a\r\nAuthorization: b\r\n`),
    answers: [400],
  },
  { name: 'TLS spoken to a plain port', send: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', answers: [400] },
  { name: 'a stream request with a body', send: get('/sse', `${HOST}Content-Length: 3\r\n`) + 'abc', answers: [400] },
  {
    name: 'a stream request with an empty chunked body',
    send: `${get('/sse', `${HOST}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n`,
    answers: [400],
  },
  { name: 'a WebSocket of version 8', send: upgrade('/ws').replace('13', '8'), answers: [400] },
  { name: 'a WebSocket without a key', send: upgrade('/ws').replace(/Sec-WebSocket-Key.*\r\n/, ''), answers: [400] },
  { name: 'a WebSocket with a short key', send: upgrade('/ws').replace('AAAA==', '=='), answers: [400] },
  { name: 'a WebSocket asked for with POST', send: upgrade('/ws').replace('GET', 'POST'), answers: [400, 404] },
  { name: 'a WebSocket request with a body', send: upgrade('/ws', 'Content-Length: 3\r\n') + 'abc', answers: [400] },
];

const GRANTED: readonly Case[] = [
  { name: 'A6: a header named __proto__', send: get('/hello', `${HOST}__proto__: x\r\n`), answers: [200] },
  { name: 'A6: a header named constructor', send: get('/hello', `${HOST}constructor: x\r\n`), answers: [200] },
  { name: 'A6: a header named __proto__ on a stream', send: get('/sse', `${HOST}__proto__: x\r\n`), answers: [200] },
  {
    name: 'A22: HTTP/1.0 with keep-alive on a stream',
    send: `GET /sse HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`,
    answers: [200],
  },
  { name: 'HTTP/1.0 without Host', send: 'GET /hello HTTP/1.0\r\n\r\n', answers: [200] },
  { name: 'the absolute form of our own address', send: get('http://127.0.0.1/hello'), answers: [200] },
  { name: 'an escaped letter', send: get('/h%65llo'), answers: [200] },
  { name: 'a chunked body', send: post('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n'), answers: [200] },
  {
    name: 'an upgrade that we do not know',
    send: get('/hello', `${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n`),
    answers: [200],
  },
  { name: 'OPTIONS *', send: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, answers: [204] },
  { name: 'A23: ; is a character like others', send: get('/admin/keys;x'), answers: [404] },
  {
    name: 'A24: forwarded headers of a stranger',
    send: get('/address', `${HOST}X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil\r\nX-Original-URL: /admin\r\n`),
    answers: [200],
  },
];

describe.each([
  ['taken over', true],
  ['the ordinary way', false],
])('HTTP %s', (_way, takeOver) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ settings: { takeOver } });
  });
  afterAll(() => server.listener.close());

  it.each(REFUSED)('refuses and closes: $name', async ({ send, answers }) => {
    await using client = new RawClient(server.port);

    const text = await client.send(send + SMUGGLED).untilClosed();

    const statuses = statusCodes(text);
    expect(statuses).toHaveLength(1);
    expect(answers).toContain(statuses[0]);
    expect(text).toMatch(/connection: close/i);
    expect(text).toContain('Content-Type: application/problem+json');
    expect(text).toContain('"type":"https://carillon.dev/errors/');
  });

  it.each(GRANTED)('answers: $name', async ({ send, answers }) => {
    await using client = new RawClient(server.port);

    const text = await client.send(send).untilText('\r\n\r\n');

    expect(statusCodes(text)).toEqual(answers);
  });

  it('A5: never answers a request pipelined behind a stream into the stream', async () => {
    await using client = new RawClient(server.port);
    const before = server.owners.length;

    client.send(get('/sse') + SMUGGLED);
    await eventually(() => server.owners.length > before, 'the stream is open');
    server.owners.at(-1)?.say('one');
    client.send(SMUGGLED);
    server.owners.at(-1)?.say('two');
    const text = await client.untilText('data: two');

    expect(statusCodes(text)).toEqual([200]);
    expect(text).not.toContain('hello');
  });

  it('A22: sends no chunk sizes on a stream', async () => {
    await using client = new RawClient(server.port);
    const before = server.owners.length;

    client.send('GET /sse HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    await eventually(() => server.owners.length > before, 'the stream is open');
    server.owners.at(-1)?.say('one');
    const text = await client.untilText('data: one');

    expect(text).toMatch(/\r\n\r\ndata: one\n\n$/);
    expect(text).not.toMatch(/transfer-encoding/i);
  });

  it('drops a connection whose stream request is pipelined behind an unfinished answer', async () => {
    await using client = new RawClient(server.port);
    const before = server.owners.length;

    // The first request's answer waits for a body that never comes.
    client.send(`POST /length HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc${get('/sse')}`);
    const text = await client.untilClosed();

    expect(text).not.toContain('text/event-stream');
    expect(server.owners.length).toBe(before);
  });

  it('A8: reads 30,000 spaces in Sec-WebSocket-Protocol in linear time, and never echoes them', async () => {
    await using client = new RawClient(server.port);

    const startMs = performance.now();
    const text = await client
      .send(upgrade('/ws', `Sec-WebSocket-Protocol: b${' '.repeat(30_000)}x\r\n`))
      .untilText('\r\n\r\n');

    expect(performance.now() - startMs).toBeLessThan(500);
    expect(statusCodes(text)).toEqual([101]);
    expect(text).not.toMatch(/sec-websocket-protocol/i);
  });

  it('leaves no failure unexplained and still answers', async () => {
    await using client = new RawClient(server.port);

    expect(statusCodes(await client.send(SMUGGLED).untilText('hello'))).toEqual([200]);
    expect(server.failures).toEqual([]);
  });
});
