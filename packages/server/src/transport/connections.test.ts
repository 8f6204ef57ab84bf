import { describe, expect, it } from 'vitest';
import { eventually, RawClient, statusCodes } from './testing/raw-client.ts';
import { startTestServer } from './testing/test-server.ts';

const SSE = (query = '', fields = ''): string => `GET /sse${query} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields}\r\n`;
const WS = (query = ''): string =>
  `GET /ws${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;

async function firstStatus(client: RawClient): Promise<number | undefined> {
  return statusCodes(await client.untilText('\r\n\r\n'))[0];
}

describe.each([
  ['taken over', true],
  ['the ordinary way', false],
])('F76: admission, %s', (_way, takeOver) => {
  it('refuses an address beyond its limit with 429 and Retry-After, others not, and counts exactly', async () => {
    await using server = await startTestServer({
      settings: { takeOver, limits: { connectionsPerAddress: 3 } },
    });
    const open = [new RawClient(server.port), new RawClient(server.port), new RawClient(server.port)];
    for (const client of open) expect(await firstStatus(client.send(SSE()))).toBe(200);

    await using refused = new RawClient(server.port);
    await using socket = new RawClient(server.port);
    await using other = new RawClient(server.port, '127.0.0.2');
    expect(await firstStatus(refused.send(SSE()))).toBe(429);
    expect(refused.text).toMatch(/retry-after: \d+/i);
    expect(refused.text).toContain('"code":"rate-limited"');
    expect(await firstStatus(socket.send(WS()))).toBe(429);
    expect(await firstStatus(other.send(SSE()))).toBe(200);

    for (const client of open) client.socket.destroy();
    await eventually(() => server.listener.connections.counts.sse === 1, 'the places are free');
    for (let round = 0; round < 5; round += 1) {
      await using again = new RawClient(server.port);
      expect(await firstStatus(again.send(SSE()))).toBe(200);
      await eventually(() => server.listener.connections.counts.sse === 2, 'one more');
      again.socket.destroy();
      await eventually(() => server.listener.connections.counts.sse === 1, 'one less');
    }
  });

  it('refuses a principal beyond its limit on every transport, others not', async () => {
    await using server = await startTestServer({ settings: { takeOver, limits: { connectionsPerPrincipal: 2 } } });
    await using stream = new RawClient(server.port);
    await using socket = new RawClient(server.port);
    expect(await firstStatus(stream.send(SSE('?who=a')))).toBe(200);
    expect(await firstStatus(socket.send(WS('?who=a')))).toBe(101);

    await using third = new RawClient(server.port);
    await using poll = new RawClient(server.port);
    await using other = new RawClient(server.port);
    expect(await firstStatus(third.send(SSE('?who=a')))).toBe(429);
    expect(await firstStatus(poll.send(SSE('?who=a').replace('/sse', '/poll')))).toBe(429);
    expect(await firstStatus(other.send(WS('?who=b')))).toBe(101);
  });

  it('counts the clients of a trusted proxy, not the proxy', async () => {
    const settings = { takeOver, trustedProxies: ['127.0.0.1'], limits: { connectionsPerAddress: 1 } };
    await using server = await startTestServer({ settings });
    await using first = new RawClient(server.port);
    await using second = new RawClient(server.port);
    await using third = new RawClient(server.port);

    expect(await firstStatus(first.send(SSE('', 'X-Forwarded-For: 203.0.113.1\r\n')))).toBe(200);
    expect(await firstStatus(second.send(SSE('', 'X-Forwarded-For: 203.0.113.2\r\n')))).toBe(200);
    expect(await firstStatus(third.send(SSE('', 'X-Forwarded-For: 203.0.113.1\r\n')))).toBe(429);
  });
});

describe('the wheel', () => {
  it('says that quiet connections are still here, and leaves busy ones alone', async () => {
    await using server = await startTestServer({ settings: { heartbeatMs: 300 } });
    await using quiet = new RawClient(server.port);
    await using quietSocket = new RawClient(server.port);
    await using busy = new RawClient(server.port);
    quiet.send(SSE('?who=quiet'));
    quietSocket.send(WS('?who=quiet'));
    busy.send(SSE('?who=busy'));
    await eventually(() => server.owners.length === 3, 'three streams');
    const busyOwner = server.owners.find((owner) => owner.principal.id === 'busy');
    const talking = setInterval(() => busyOwner?.say('news'), 20);

    await quiet.until((text) => text.split('data: heartbeat').length > 3);
    await quietSocket.until((text) => text.split('heartbeat').length > 2);
    clearInterval(talking);

    expect(busyOwner?.heartbeats).toBe(0);
  });

  it('C37: closes what belongs to a revoked credential, in the protocol’s words, and nothing else', async () => {
    await using server = await startTestServer();
    await using evil = new RawClient(server.port);
    await using good = new RawClient(server.port);
    evil.send(SSE('?who=evil'));
    good.send(SSE('?who=good'));
    await eventually(() => server.owners.length === 2, 'two streams');

    const ended = server.listener.connections.closeWhere(
      (principal) => principal.credentialId === 'credential:evil',
      'revoked',
    );

    expect(ended).toBe(1);
    expect(await evil.untilClosed()).toMatch(/data: goodbye revoked\n\n$/);
    server.owners.find((owner) => owner.principal.id === 'good')?.say('unmoved');
    await good.untilText('unmoved');
  });

  it('C38: opens nothing for a credential that was revoked between login and opening', async () => {
    await using server = await startTestServer({ isValid: (principal) => principal.id !== 'evil' });
    await using stream = new RawClient(server.port);
    await using socket = new RawClient(server.port);
    await using poll = new RawClient(server.port);

    expect(await firstStatus(stream.send(SSE('?who=evil')))).toBe(401);
    expect(await firstStatus(socket.send(WS('?who=evil')))).toBe(401);
    expect(await firstStatus(poll.send(SSE('?who=evil').replace('/sse', '/poll')))).toBe(401);
    expect(server.listener.connections.counts).toEqual({ sse: 0, websocket: 0, poll: 0 });
  });

  it('closes a connection when its credential expires', async () => {
    await using server = await startTestServer({ settings: { heartbeatMs: 400 } });
    await using stream = new RawClient(server.port);
    await using socket = new RawClient(server.port);
    await using late = new RawClient(server.port);
    const expires = Date.now() + 500;

    stream.send(SSE(`?expires=${expires}`));
    socket.send(WS(`?expires=${expires}`));

    expect(await stream.untilClosed()).toMatch(/data: goodbye expired\n\n$/);
    expect(await socket.untilText('expired')).toContain('\x0f\xa1expired');
    expect(Date.now()).toBeGreaterThanOrEqual(expires);
    expect(await firstStatus(late.send(SSE(`?expires=${expires}`)))).toBe(401);
  });

  it('closes a reader that its owner calls stalled, even if it never takes the farewell', async () => {
    await using server = await startTestServer({ settings: { heartbeatMs: 100, stalledAfterMs: 1 } });
    await using client = new RawClient(server.port);
    client.send(SSE());
    await eventually(() => server.owners.length === 1, 'the stream');
    const [owner] = server.owners;
    client.socket.pause();
    owner?.sink?.write(Buffer.alloc(16 * 1_048_576, 'x'));

    if (owner) owner.stalled = true;

    await eventually(() => owner?.closedTimes === 1, 'the owner hears of it');
    expect(server.listener.connections.counts.sse).toBe(0);
  });

  it('goes on when an owner throws, and tells of the bug', async () => {
    await using server = await startTestServer({ settings: { heartbeatMs: 100 } });
    await using broken = new RawClient(server.port);
    await using sound = new RawClient(server.port);
    broken.send(SSE('?who=broken'));
    sound.send(SSE('?who=sound'));
    await eventually(() => server.owners.length === 2, 'two streams');
    const owner = server.owners.find(({ principal }) => principal.id === 'broken');
    if (owner) {
      owner.heartbeat = () => {
        throw new Error('a bug');
      };
    }

    await sound.until((text) => text.split('heartbeat').length > 3);

    expect(server.failures.length).toBeGreaterThan(0);
  });
});
