import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPage } from './checker.ts';
import type { Fault } from './fault.ts';
import { Injector } from './injector.ts';
import { Load } from './load.ts';
import { mountTmpfs, unmount } from './mounts.ts';
import { Server } from './server.ts';
import { randomBetween, until } from './wait.ts';

const REFUSED_WITHIN_MS = 1_000;
const RESERVE_BYTES = 8 * 1_048_576;
const DISK = '160m';
const INODES = 400;
const CHUNK = Buffer.alloc(65_536, 1);

type Shortage = 'bytes' | 'reserve' | 'inodes' | 'read-only';
const SHORTAGES: readonly Shortage[] = ['bytes', 'reserve', 'read-only', 'inodes'];

/**
 * A tmpfs of a fixed size that a ballast file fills. `bytes` runs into ENOSPC itself (no reserve is kept), `reserve`
 * leaves less than the reserve, `inodes` leaves no file to create. The kernel
 * remounts nothing read-only under open files, so `read-only` is every write answered with EROFS by a preloaded library.
 */
export const full: Fault = {
  name: 'disk full',
  promise:
    'Bytes, inodes or write permission of the file system run out under load. A publish is refused within a second ' +
    'with 507 or 503 (or stored), reads go on, publishing works again without a restart, 0 acknowledged lost.',
  fullRounds: 20,
  needs: ['root', 'tmpfs', 'gcc'],
  async run(rounds, scratch) {
    const tally: Record<string, number> = { 'slowest refusal, ms': 0 };
    for (const reserve of [0, RESERVE_BYTES]) {
      const mine = Math.ceil(rounds / 2);
      const room = join(scratch, `reserve-${reserve}`);
      await mkdir(room);
      const figures = await fill(mine, room, reserve);
      for (const [name, value] of Object.entries(figures)) {
        tally[name] = name.startsWith('slowest') ? Math.max(tally[name] ?? 0, value) : (tally[name] ?? 0) + value;
      }
    }
    return tally;
  },
};

async function fill(rounds: number, scratch: string, reserve: number): Promise<Record<string, number>> {
  const disk = join(scratch, 'disk');
  mountTmpfs(disk, DISK, INODES);
  const injector = new Injector(scratch, disk);
  const server = await Server.make({ env: { ...injector.env, CARILLON_STORAGE_RESERVE_BYTES: `${reserve}` } });
  const load = new Load(server, scratch, { publishers: 4, readers: 2 });
  const tally: Record<string, number> = { 'slowest refusal, ms': 0 };
  try {
    await server.start(join(disk, 'data'));
    await load.start();
    const { pid } = server;
    for (let round = 0; round < rounds; round += 1) {
      await load.more(randomBetween(5, 40));
      const wanted = SHORTAGES[(round + (reserve > 0 ? 1 : 0)) % SHORTAGES.length] ?? 'bytes';
      const shortage = wanted === 'reserve' && reserve === 0 ? 'bytes' : wanted;
      const relieve = await bringAbout(shortage, disk, reserve, injector);
      const slowest = await underShortage(shortage, server, load);
      tally['slowest refusal, ms'] = Math.max(tally['slowest refusal, ms'] ?? 0, slowest);
      tally[`rounds: ${shortage}`] = (tally[`rounds: ${shortage}`] ?? 0) + 1;
      relieve();
      await load.more(5, 15_000);
      assert.equal(server.pid, pid, 'it works again without a restart');
      assert.ok(server.isRunning, server.said);
    }
    const { acked, events, refused, shown } = await load.finish();
    return { ...tally, acked, events, refused, shown };
  } finally {
    load.abandon();
    await server.end('SIGKILL');
    unmount(disk);
    injector.close();
  }
}

/** Brings the shortage about; what it returns takes it away again. */
async function bringAbout(shortage: Shortage, disk: string, reserve: number, injector: Injector): Promise<() => void> {
  const ballast = join(disk, 'ballast');
  switch (shortage) {
    case 'bytes':
      fillTo(ballast, disk, 0);
      return () => rmSync(ballast);
    case 'reserve':
      fillTo(ballast, disk, Math.floor(reserve / 2));
      return () => rmSync(ballast);
    case 'inodes': {
      const folder = join(disk, 'inodes');
      await mkdir(folder);
      for (let n = 0; statfsSync(disk).ffree > 0; n += 1) await writeFile(join(folder, `${n}`), '');
      return () => rmSync(folder, { recursive: true });
    }
    case 'read-only':
      injector.arm('write', 'EROFS');
      return () => injector.disarm('write');
  }
}

function fillTo(ballast: string, disk: string, free: number): void {
  const file = openSync(ballast, 'a');
  try {
    while (statfsSync(disk).bavail * statfsSync(disk).bsize > free) writeSync(file, CHUNK);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
}

/** Sees that publishes are refused in time or stored, and that reads go on; the slowest refusal in milliseconds. */
async function underShortage(shortage: Shortage, server: Server, load: Load): Promise<number> {
  const before = { acked: load.acked, refused: load.refused };
  const mayGoOn = shortage === 'inodes';
  await until(
    () => !server.isRunning || load.refused > before.refused || (mayGoOn && load.acked > before.acked + 20),
    `publishes are refused for want of ${shortage}`,
  );
  assert.ok(server.isRunning, `it ended for want of ${shortage}: ${server.said}`);
  const probe = await publishOnce(server);
  // Space that a checkpoint gave back inside the write-ahead log may take a small publish on a disk without a free byte.
  const stored = mayGoOn || shortage === 'bytes' ? [200] : [];
  assert.ok([...stored, 507, 503].includes(probe.status), `status ${probe.status} for want of ${shortage}`);
  assert.ok(probe.afterMs < REFUSED_WITHIN_MS, `refused after ${probe.afterMs} ms`);
  const { events } = await readPage(server, ['faults/a'], 'earliest');
  assert.ok(events.length > 0, 'reads go on');
  return probe.status === 200 ? 0 : probe.afterMs;
}

async function publishOnce(server: Server): Promise<{ status: number; afterMs: number }> {
  const began = performance.now();
  const response = await fetch(`${server.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'fault.probe', topic: 'faults/probe', data: 'probe' }),
  });
  await response.arrayBuffer();
  return { status: response.status, afterMs: Math.round(performance.now() - began) };
}
