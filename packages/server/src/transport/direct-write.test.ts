import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DirectHandle, type DirectWrites, openDirectWrites } from './direct-write.ts';

let near: Socket;
let far: Socket;
let direct: DirectWrites;
let handle: DirectHandle;
const server = createServer();

beforeEach(async () => {
  const found = openDirectWrites();
  if (!found) throw new Error('this version of Node has no direct writes: the hot path falls back to Writable');
  direct = found;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  far = connect(address.port, '127.0.0.1');
  far.pause();
  [near] = (await once(server, 'connection')) as [Socket];
  near.on('error', () => {});
  const mine = direct.handleOf(near);
  if (!mine) throw new Error('no handle');
  handle = mine;
});

afterEach(() => {
  near.destroy();
  far.destroy();
  server.close();
});

/** Writes numbered frames until the kernel takes no more of them at once; says how many, and waits for the rest. */
function fill(): { readonly frames: number; readonly done: Promise<number> } {
  for (let frames = 1; ; frames++) {
    const done = Promise.withResolvers<number>();
    const written = direct.write(handle, frame(frames), { directWriteDone: done.resolve });
    if (written === 'queued') return { frames, done: done.promise };
    if (written === 'failed') throw new Error('failed');
  }
}

function frame(n: number): Buffer {
  return Buffer.from(`${String(n).padStart(8, '0')}${'x'.repeat(65_528)}`);
}

async function numbersRead(count: number): Promise<readonly number[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes < count * 65_536) {
    const chunk: unknown = far.read();
    if (!Buffer.isBuffer(chunk)) {
      await once(far, 'readable');
      continue;
    }
    chunks.push(chunk);
    bytes += chunk.length;
  }
  const all = Buffer.concat(chunks);
  return Array.from({ length: count }, (_, index) =>
    Number(all.toString('latin1', index * 65_536, index * 65_536 + 8)),
  );
}

describe('direct writes', () => {
  it('queue what the kernel does not take, in order with what the socket itself writes', async () => {
    const { frames, done } = fill();
    near.write(frame(frames + 1));
    const read = await numbersRead(frames + 1);
    expect(read).toEqual(Array.from({ length: frames + 1 }, (_, index) => index + 1));
    expect(await done).toBe(0);
  });

  it('tell the writer that its bytes will never be taken when the socket is destroyed', async () => {
    const { done } = fill();
    near.destroy();
    expect(await done).toBeLessThan(0);
  });

  it('fail on a socket that is gone', async () => {
    near.resume();
    const closed = new Promise((resolve) => near.once('close', resolve));
    far.resetAndDestroy();
    await closed;
    const nothing = { directWriteDone: (): void => {} };
    expect(direct.write(handle, frame(1), nothing)).toBe('failed');
    expect(direct.handleOf(near)).toBeUndefined();
  });

  it.for([
    ['nothing', (): unknown => undefined],
    ['other names', (): unknown => ({})],
    ['another state', () => ({ WriteWrap: class {}, kLastWriteWasAsync: 9, streamBaseState: new Int32Array(4) })],
  ] as const)('are not used when Node shows %s', ([, lookUp]) => {
    expect(openDirectWrites(lookUp)).toBeUndefined();
  });
});
