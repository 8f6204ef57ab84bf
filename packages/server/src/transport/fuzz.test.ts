import { describe, expect, it } from 'vitest';
import { mutate, seeded } from './testing/mutator.ts';
import { eventually, RawClient, statusCodes } from './testing/raw-client.ts';
import { startTestServer } from './testing/test-server.ts';

const INPUTS = 2_000;
const AT_ONCE = 100;
const SEED = Number(process.env.CARILLON_FUZZ_SEED ?? 20_261_125);

const HOST = 'Host: 127.0.0.1\r\n';
const HANDSHAKE = `GET /ws HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: carillon\r\n\r\n`;
const frame = (first: number, payload: string): string => {
  const bytes = Buffer.from(payload);
  return Buffer.concat([
    Buffer.from([first, 0x80 | bytes.length, 1, 2, 3, 4]),
    bytes.map((byte, at) => byte ^ ((at % 4) + 1)),
  ]).toString('latin1');
};
const FRAMES =
  frame(0x81, '{"type":"ping","id":1}') + frame(0x01, 'a') + frame(0x89, 'p') + frame(0x80, 'b') + frame(0x88, '\x03');

const VALID: readonly string[] = [
  `GET /hello HTTP/1.1\r\n${HOST}Accept: */*\r\n\r\n`,
  `GET /sse?who=a&expires=99999999999999 HTTP/1.1\r\n${HOST}Accept: text/event-stream\r\nLast-Event-ID: 1\r\n\r\n`,
  `GET /poll?who=b HTTP/1.1\r\n${HOST}\r\nGET /hello HTTP/1.1\r\n${HOST}\r\n`,
  `POST /length HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{"topic":"a/b"}`,
  `POST /length HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: u\r\n\r\n`,
  `OPTIONS /hello HTTP/1.1\r\n${HOST}Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
  HANDSHAKE + FRAMES,
  HANDSHAKE + FRAMES,
];

describe('anything that clients send', () => {
  it.each([
    ['taken over', true],
    ['the ordinary way', false],
  ])(
    `leaves the server standing after ${INPUTS} inputs, half of them valid but for one change (%s)`,
    async (_way, takeOver) => {
      const random = seeded(SEED);
      await using server = await startTestServer({
        settings: { takeOver, timeouts: { headMs: 200, requestMs: 300, keepAliveMs: 200, lingerMs: 100 } },
      });
      const valid = VALID.map((text) => Buffer.from(text, 'latin1'));
      // The frames come behind a handshake that stays as it is, or they would rarely be read.
      const untouched = Buffer.from(HANDSHAKE, 'latin1');
      const inputs = Array.from({ length: INPUTS }, (_, index) => {
        const input = valid[Math.floor(random() * valid.length)] ?? untouched;
        const times = index % 2 === 0 ? 1 : 2 + Math.floor(random() * 30);
        const isSocket = input.length > untouched.length && input.subarray(0, untouched.length).equals(untouched);
        if (!isSocket || random() < 0.2) return mutate(input, random, times);
        return Buffer.concat([untouched, mutate(input.subarray(untouched.length), random, times)]);
      });

      const answering = setInterval(() => {
        for (const poll of server.polls.splice(0)) poll.respond(200, {}, '');
      }, 10);
      for (let at = 0; at < inputs.length; at += AT_ONCE) {
        await Promise.all(inputs.slice(at, at + AT_ONCE).map((input) => sendTo(server.port, input)));
      }
      clearInterval(answering);

      await using witness = new RawClient(server.port);
      expect(statusCodes(await witness.send(VALID[0] ?? '').untilText('hello', 10_000))).toEqual([200]);
      expect(server.failures).toEqual([]);
      await eventually(
        () => Object.values(server.listener.connections.counts).every((count) => count === 0),
        'nothing is left open',
      );
    },
    60_000,
  );
});

/** Sends one input and waits for the first word of an answer, or for the end: the time-outs bring one of them. */
async function sendTo(port: number, input: Buffer): Promise<void> {
  await using client = new RawClient(port);
  await client.send(input).until((text, closed) => closed || text !== '', 10_000);
}
