import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { Injector } from './injector.ts';
import { Load } from './load.ts';
import { copyImage, makeImage, mountImage, unmount } from './mounts.ts';
import { Server } from './server.ts';
import { pause, randomBetween, until } from './wait.ts';

const IMAGE_MB = 400;
const MOST_ACKS = 120;
const MOST_WAIT_MS = 60;

/**
 * The data directory is on a file system in a file, and a round goes on with a copy of that file: only what was really
 * flushed is in it. Every other round a flush fails first, so that an answer given in spite of it would be found out.
 */
export const power: Fault = {
  name: 'power failure',
  promise:
    'The disk keeps only what was flushed (ext4 on a loop file, journal commits only by fsync; the backing file is ' +
    'copied while the server is stopped, and the server goes on with the copy). 0 acknowledged lost, 0 events that a ' +
    'reader saw are missing. In every other round a flush fails first and the process must end.',
  fullRounds: 10,
  needs: ['root', 'loop mount', 'gcc'],
  async run(rounds, scratch) {
    const mounted = (round: number): string => join(scratch, `disk-${round}`);
    const image = (round: number): string => join(scratch, `disk-${round}.img`);
    makeImage(image(0), IMAGE_MB);
    mountImage(image(0), mounted(0));
    const injector = new Injector(scratch, scratch);
    const server = await Server.make({ env: injector.env });
    let current = 0;
    let failedFlushes = 0;
    const load = new Load(server, scratch);
    try {
      await server.start(join(mounted(0), 'data'));
      await load.start();
      for (let round = 1; round <= rounds; round += 1) {
        await load.more(randomBetween(3, MOST_ACKS));
        await pause(Math.random() * MOST_WAIT_MS);
        if (round % 2 === 0) failedFlushes += await failFlush(server, injector);
        else server.signal('SIGSTOP');
        copyImage(image(current), image(round));
        await server.end('SIGKILL');
        unmount(mounted(current));
        await rm(image(current));
        injector.disarm('sync');
        mountImage(image(round), mounted(round));
        current = round;
        await server.start(join(mounted(round), 'data'));
      }
      await load.more(20);
      return { ...(await load.finish()), 'failed flushes': failedFlushes };
    } finally {
      load.abandon();
      await server.end('SIGKILL');
      unmount(mounted(current));
      injector.close();
    }
  },
};

/** Makes the next flush fail and waits for the server to end because of it. */
async function failFlush(server: Server, injector: Injector): Promise<number> {
  injector.arm('sync', 'EIO');
  await until(() => !server.isRunning, 'the server ends after a failed flush');
  await server.end();
  assert.notEqual(server.exitCode, 0, 'a failed flush is no success');
  return injector.failed('sync');
}
