import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { Database } from './driver.ts';
import { openDatabase } from './driver.ts';
import { describeFault, faultOf } from './faults.ts';
import type { FromCheckpointer, ToCheckpointer } from './messages.ts';

export interface CheckpointerData {
  readonly file: string;
  readonly port: MessagePort;
}

export interface CheckpointResult {
  /** Frames in the write-ahead log. */
  readonly frames: number;
  /** Of these, how many are in the database file, flushed. */
  readonly moved: number;
}

/** `NOOP` moves nothing and only tells. */
export type CheckpointMode = 'NOOP' | 'PASSIVE' | 'RESTART' | 'TRUNCATE';

/** One checkpoint; throws what SQLite throws. Being held up by readers is no error, it moves less. */
export function checkpoint(db: Database, mode: CheckpointMode): CheckpointResult {
  const row = db.prepareArrays(`PRAGMA wal_checkpoint(${mode})`).get();
  // With `setReturnArrays` a row is an array: busy, log, checkpointed.
  const [, frames = 0, moved = 0] = row as unknown as number[];
  return { frames, moved };
}

/** Thread that copies the write-ahead log into the database off the commit path. */
export function runCheckpointer(): void {
  // What `spawnThreads` passed.
  const { file, port } = workerData as CheckpointerData;
  const db = openDatabase(file, { readOnly: false });
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA wal_autocheckpoint = 0');
  port.on('message', (message: ToCheckpointer) => {
    if (message === 'close') {
      db.close();
      port.close();
      return;
    }
    port.postMessage(once(db));
  });
  parentPort?.unref();
}

function once(db: Database): FromCheckpointer {
  try {
    return { kind: 'checkpointed', ...checkpoint(db, 'PASSIVE') };
  } catch (error) {
    return { kind: 'failed', fault: faultOf(error), message: describeFault(error) };
  }
}
