import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { blur, type Line, readExchanges, said } from '../../../../test/events/exchanges.ts';
import { type EventsServer, startEvents } from '../../../../test/events/harness.ts';
import { RawStream } from '../../../../test/events/sse-client.ts';
import { WsClient } from '../../../../test/events/ws-client.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: EventsServer;

beforeAll(async () => {
  server = await startEvents();
  server.credentials.issue('TOKEN');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.failures).toEqual([]);
});

/** A message's head: its first line, its headers, and the body behind the empty line. */
function readMessage(lines: readonly string[]): { first: string; headers: Record<string, string>; body: string } {
  const [first = '', ...rest] = lines;
  const blank = rest.indexOf('');
  const head = blank < 0 ? rest : rest.slice(0, blank);
  const headers = Object.fromEntries(head.map((line) => line.split(/: (.*)/s, 2)));
  return { first, headers, body: blank < 0 ? '' : rest.slice(blank + 1).join('\n') };
}

async function replayHttp(lines: readonly Line[]): Promise<void> {
  const request = readMessage(said(lines, 'client'));
  const expected = readMessage(said(lines, 'server'));
  const [method = '', path = ''] = request.first.split(' ');
  const headers = { Authorization: 'Bearer TOKEN', ...request.headers };
  if (expected.body.startsWith('retry:')) {
    using stream = new RawStream(server.url, path, headers);
    await stream.until(({ body }) => body.length > 0 && blur(body).length >= expected.body.length, 'the blocks');
    expect(blur(stream.body).slice(0, expected.body.length)).toBe(expected.body);
    expect(String(stream.status)).toBe(expected.first);
    for (const [name, value] of Object.entries(expected.headers))
      expect(stream.head).toContain(`\r\n${name}: ${value}\r\n`);
    return;
  }
  const body = method === 'GET' ? {} : { body: request.body };
  const response = await fetch(`${server.url}${path}`, { method, headers, ...body });
  expect(blur(await response.text())).toBe(expected.body);
  expect(String(response.status)).toBe(expected.first);
  for (const [name, value] of Object.entries(expected.headers))
    expect(blur(response.headers.get(name) ?? '')).toBe(value);
}

async function replaySocket(lines: readonly Line[]): Promise<void> {
  using client = new WsClient(server.url, 'TOKEN');
  await client.until(({ open }) => open, 'open');
  const expected: string[] = [];
  for (const { from, text } of lines) {
    if (from === 'server') expected.push(text);
    else {
      await client.until(({ messages }) => messages.length >= expected.length, 'every answer so far');
      client.say(text);
    }
  }
  await client.until(({ messages }) => messages.length >= expected.length, 'every answer');
  const heard = client.messages.map((message) => blur(JSON.stringify(message)));
  expect([...heard].sort()).toEqual([...expected].sort());
}

it('answers as its README says, exchange by exchange', async () => {
  const exchanges = readExchanges(join(import.meta.dirname, '../README.md'));
  expect(exchanges.length).toBeGreaterThanOrEqual(9);
  for (const lines of exchanges) {
    if (lines[0]?.text.startsWith('{')) await replaySocket(lines);
    else await replayHttp(lines);
  }
});
