import { parentPort, workerData } from 'node:worker_threads';
import { CarillonError, toErrorValue } from '@carillon/core';
import type { QueryHandlers } from './command.ts';
import { type Database, openDatabase } from './driver.ts';
import { describeFault, isCorrupt } from './faults.ts';
import { readLogEnd } from './log-end.ts';
import type { FromReader, ToReader } from './messages.ts';

export interface ReaderData {
  readonly file: string;
}

/** Bytes that a query answers with, handed over instead of copied. */
export class Handover {
  readonly value: unknown;
  readonly buffers: readonly ArrayBuffer[];

  constructor(value: unknown, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** Thread that answers queries, each from one snapshot. */
export function runReader(handlers: QueryHandlers): void {
  const port = parentPort;
  if (!port) throw new Error('a reader runs in a thread of its own');
  // What `spawnThreads` passed.
  const { file } = workerData as ReaderData;
  let opened: Database | undefined;
  // Opened with the first question: the thread starts beside the writer, which may have to make the file first.
  const database = (): Database => {
    opened ??= openForReading(file);
    return opened;
  };
  port.on('message', (message: ToReader | 'close') => {
    if (message === 'close') {
      opened?.close();
      port.close();
      return;
    }
    void answerQuery(database, handlers, message).then((answer) => {
      if ('rows' in answer && answer.rows instanceof Handover) {
        port.postMessage({ ...answer, rows: answer.rows.value }, [...answer.rows.buffers]);
      } else {
        port.postMessage(answer);
      }
    });
  });
}

function openForReading(file: string): Database {
  const db = openDatabase(file, { readOnly: true });
  db.exec('PRAGMA cache_size = -16384');
  return db;
}

async function answerQuery(database: () => Database, handlers: QueryHandlers, asked: ToReader): Promise<FromReader> {
  const { ask, name, input } = asked;
  try {
    const db = database();
    const handler = handlers[name];
    if (!handler) throw new Error(`no handler for the query ${name}`);
    db.exec('BEGIN');
    try {
      const position = readLogEnd(db)?.position ?? 0;
      // Names are shared with the types of their inputs (`Message`), so the input fits the handler of its name.
      return { ask, position, rows: await handler(db, input as never) };
    } finally {
      if (db.inTransaction) db.exec('COMMIT');
    }
  } catch (error) {
    if (error instanceof CarillonError) return { ask, error: toErrorValue(error) };
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (!isCorrupt(error)) return { ask, error: toErrorValue(error), detail };
    const corrupt = new CarillonError('corrupt', `the database is damaged: ${describeFault(error)}`);
    return { ask, error: toErrorValue(corrupt), detail };
  }
}
