import { closeSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { type Answer, copyDirectory, examine, type KnownLog, writeKnownLog } from './known-log.ts';
import { randomBetween } from './wait.ts';

const EVENTS = 240;
/** Every so many rounds the flip goes to a small file or to the write-ahead log, which chance would seldom choose. */
const AIMED_EVERY = 4;

export const bitRot: Fault = {
  name: 'one flipped bit',
  promise:
    'One bit anywhere in a copy of the data directory is flipped; half of the directories were closed in order, half ' +
    'have all their commits in the write-ahead log. It refuses to start or tells while reading, naming what is ' +
    'corrupt, or nothing is missing. 0 wrong payloads served, 0 silent losses; the same for a start with accept-loss.',
  fullRounds: 1_000,
  needs: [],
  async run(rounds, scratch) {
    const logs = await prepare(scratch);
    const tally: Record<Answer, number> = { 'refused to start': 0, 'told while reading': 0, unharmed: 0 };
    let salvaged = 0;
    for (let round = 0; round < rounds; round += 1) {
      const known = logs[round % logs.length];
      if (!known) throw new Error('there is a log to damage');
      const copy = join(scratch, `copy-${round}`);
      copyDirectory(known.directory, copy);
      const flipped = flipBit(copy, round % AIMED_EVERY === 0);
      try {
        const answer = await examine(copy, known);
        tally[answer] += 1;
        if (answer === 'refused to start') {
          if ((await examine(copy, known, true)) !== 'refused to start') salvaged += 1;
        }
      } catch (error) {
        throw new Error(`after ${flipped} was flipped (kept in ${copy})`, { cause: error });
      }
      rmSync(copy, { recursive: true });
    }
    return { flips: rounds, ...tally, 'of these started with accept-loss': salvaged };
  },
};

/** One directory as an orderly end leaves it, and one as a kill does: copied while it is open and idle. */
async function prepare(scratch: string): Promise<readonly KnownLog[]> {
  const closed = await writeKnownLog(join(scratch, 'closed'), EVENTS);
  await closed.log.close();
  const open = await writeKnownLog(join(scratch, 'open'), EVENTS);
  const killed = join(scratch, 'killed');
  copyDirectory(open.known.directory, killed);
  await open.log.close();
  return [closed.known, { ...open.known, directory: killed }];
}

function flipBit(directory: string, aimed: boolean): string {
  const files = readdirSync(directory)
    .map((name) => ({ path: join(directory, name), name, size: statSync(join(directory, name)).size }))
    .filter(({ size }) => size > 0);
  const small = files.filter(({ name }) => !name.endsWith('.db'));
  const pool = aimed && small.length > 0 ? small : files;
  const file = aimed ? pool[randomBetween(0, pool.length - 1)] : bySize(pool);
  if (!file) throw new Error(`${directory} holds no file to damage`);
  const at = randomBetween(0, file.size - 1);
  const bit = randomBetween(0, 7);
  const handle = openSync(file.path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, at);
  byte.writeUInt8(byte.readUInt8() ^ (1 << bit));
  writeSync(handle, byte, 0, 1, at);
  closeSync(handle);
  return `bit ${bit} of byte ${at} of ${file.name} (${file.size} bytes)`;
}

function bySize<File extends { readonly size: number }>(files: readonly File[]): File | undefined {
  let at = randomBetween(0, files.reduce((sum, { size }) => sum + size, 0) - 1);
  return files.find(({ size }) => (at -= size) < 0);
}
