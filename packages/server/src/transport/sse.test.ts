import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, RawClient } from './testing/raw-client.ts';
import { startTestServer, type TestOwner, type TestServer } from './testing/test-server.ts';

const REQUEST = 'GET /sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const CAP_BYTES = 262_144;
const FRAME = Buffer.from(`data: ${'x'.repeat(8_180)}\n\n`);

describe.each([
  ['taken over', true],
  ['the ordinary way', false],
])('an event stream %s', (_way, takeOver) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ settings: { takeOver } });
  });
  afterAll(() => server.listener.close());

  async function openStream(client: RawClient): Promise<TestOwner> {
    const before = server.owners.length;
    client.send(REQUEST);
    await eventually(() => server.owners.length > before, 'the stream is open');
    const owner = server.owners.at(-1);
    if (!owner) throw new Error('no owner');
    return owner;
  }

  /** Writes until the network takes no more; returns how many frames. */
  function fill(owner: TestOwner, upToBytes: number): number {
    let frames = 0;
    for (const sink = owner.sink; sink && sink.pendingBytes < upToBytes; frames += 1) sink.write(FRAME);
    return frames;
  }

  it('begins with one head, no chunks, and its end is the end of the connection', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);

    owner.say('one');
    owner.say('two');
    owner.sink?.end({ frame: Buffer.from('retry: 1\n\n') });
    const text = await client.untilClosed();

    const [head = '', body] = text.split('\r\n\r\n');
    expect(body).toBe('data: one\n\ndata: two\n\nretry: 1\n\n');
    expect(head).toContain('Content-Type: text/event-stream');
    expect(head).toContain('Cache-Control: no-store');
    expect(head).toContain('X-Content-Type-Options: nosniff');
    expect(head).not.toMatch(/transfer-encoding|content-length/i);
    await eventually(() => owner.closedTimes === 1, 'the owner hears of it');
  });

  it('OpenCTI-Platform/opencti#13908: a reader that stops costs no buffer: pendingBytes says so and nothing else is kept', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);
    client.socket.pause();

    const frames = fill(owner, CAP_BYTES);
    const pending = owner.sink?.pendingBytes ?? 0;
    client.socket.resume();
    const text = await client.until((received) => received.length > frames * FRAME.length && received.endsWith('\n\n'));

    expect(pending).toBeLessThan(CAP_BYTES + FRAME.length + 1);
    expect(text.split('data: ').length - 1).toBe(frames);
  });

  it('dhyansraj/mcp-mesh#1620: a socket that takes no more is not a client that left', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);
    client.socket.pause();

    fill(owner, CAP_BYTES);

    expect(owner.sink?.closed).toBe(false);
    expect(owner.closedTimes).toBe(0);
    const drained = new Promise<void>((resolve) => owner.sink?.onDrain(resolve));
    client.socket.resume();
    await drained;
    expect(owner.sink?.pendingBytes).toBe(0);
    owner.say('still here');
    await client.untilText('data: still here');
  });

  it('fastagent-sh/fastagent#37: whoever waits for drain hears of the close instead', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);
    client.socket.pause();
    fill(owner, CAP_BYTES);
    let drains = 0;

    owner.sink?.onDrain(() => (drains += 1));
    client.socket.resetAndDestroy();
    await eventually(() => owner.closedTimes === 1, 'the owner hears of the close');
    owner.sink?.onDrain(() => (drains += 1));
    await new Promise((resolve) => setImmediate(resolve));

    expect(drains).toBe(0);
    expect(owner.sink?.closed).toBe(true);
  });

  it('calls back at once, but not from within, when nothing is pending', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);
    await eventually(() => owner.sink?.pendingBytes === 0, 'the head is sent');
    let drains = 0;

    owner.sink?.onDrain(() => (drains += 1));

    expect(drains).toBe(0);
    await eventually(() => drains === 1, 'the call');
  });

  it('sleep2agi/agent-network#271: pendingBytes counts bytes, however few writes they came in', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);
    client.socket.pause();

    owner.sink?.write(Buffer.alloc(32 * 1_048_576, 'x'));

    expect(owner.sink?.pendingBytes).toBeGreaterThan(1_048_576);
  });

  it('dust-tt/dust#24357: a client that leaves is noticed without a write', async () => {
    await using aborting = new RawClient(server.port);
    await using closing = new RawClient(server.port);
    const aborted = await openStream(aborting);
    const ended = await openStream(closing);

    aborting.socket.resetAndDestroy();
    closing.socket.end();

    await eventually(() => aborted.closedTimes === 1 && ended.closedTimes === 1, 'both owners hear of it');
    expect(server.listener.connections.counts.sse).toBe(0);
  });

  it('honojs/hono#2068: writing and ending after the client left does nothing, and returns', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);
    client.socket.resetAndDestroy();
    await eventually(() => owner.closedTimes === 1, 'the owner hears of it');

    owner.say('into the void');
    owner.sink?.end({ frame: FRAME });
    owner.sink?.end({});

    expect(owner.sink?.closed).toBe(true);
    expect(owner.closedTimes).toBe(1);
    expect(server.failures).toEqual([]);
  });

  it('drops what a client sends behind its request, however much', async () => {
    await using client = new RawClient(server.port);
    const owner = await openStream(client);

    for (let index = 0; index < 200; index += 1) client.send('x'.repeat(10_000));
    await eventually(() => client.socket.writableLength === 0, 'the server read it all');
    owner.say('unmoved');

    await client.untilText('data: unmoved');
  });
});
