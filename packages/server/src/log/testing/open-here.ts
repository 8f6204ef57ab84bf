import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewEvent, Position } from '@carillon/core';
import { onTestFinished } from 'vitest';
import { type Notice, STORAGE_DEFAULTS, type StorageSettings } from '../../storage/index.ts';
import { type Log, openLog } from '../index.ts';
import { NOTES_ROOTS } from './roots.ts';

/** An empty directory, gone after the test. */
export async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-log-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface Opened {
  readonly log: Log;
  readonly notices: readonly Notice[];
  readonly fatal: readonly string[];
}

/** Opens a log that is closed after the test at the latest. */
export async function openHere(directory: string, settings: Partial<StorageSettings> = {}): Promise<Opened> {
  const notices: Notice[] = [];
  const fatal: string[] = [];
  const log = await openLog({
    settings: { ...STORAGE_DEFAULTS, readerThreads: 1, ...settings, directory },
    threads: NOTES_ROOTS,
    onNotice: (notice) => notices.push(notice),
    onFatal: (message) => fatal.push(message),
  });
  onTestFinished(() => log.close());
  return { log, notices, fatal };
}

export function said(text: string, ...topics: readonly string[]): NewEvent {
  return { type: 'test.said', topics: topics.length > 0 ? topics : ['stream:default/a'], data: Buffer.from(text) };
}

/** What a reader of these topics is given from the beginning. */
export async function told(log: Log, topics: readonly string[], after: Position = 0): Promise<unknown> {
  const page = await log.read({ topics: topics.map((topic) => ({ topic, since: 0 })), after, limit: 1_000 });
  if (page.kind === 'gap') return { gap: page.earliest };
  return page.events.map((event) => (event.erased ? null : Buffer.from(event.data).toString()));
}
