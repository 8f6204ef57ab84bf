import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CarillonError, type Event, type IdempotencyKey, type NewEvent, type TopicFloor } from '@carillon/core';
import { type Log, openLog } from '../../packages/server/src/log/index.ts';
import { STORAGE_DEFAULTS } from '../../packages/server/src/storage/index.ts';
import { THREADS } from '../../packages/server/src/threads.ts';

const HOUR_MS = 3_600_000;
const TOPICS = ['stream:default/a', 'stream:default/b', 'public', 'app:default/short'] as const;
const KEYED_EVERY = 7;
const ERASED_EVERY = 11;
const FLOORS: readonly TopicFloor[] = TOPICS.slice(0, 3).map((topic) => ({ topic, since: 0 }));
/** Topics that lost events on purpose: only their gap is known. */
const EXPIRED = TOPICS[3];

/** A data directory whose every event, key and erasure is known to whoever reads it later. */
export interface KnownLog {
  readonly directory: string;
  readonly epoch: string;
  readonly end: number;
  /** What a reader must be shown at each position; without data where it was erased. */
  readonly events: ReadonlyMap<number, NewEvent & { readonly erased: boolean }>;
  readonly keys: readonly {
    readonly key: IdempotencyKey;
    readonly events: readonly NewEvent[];
    readonly position: number;
  }[];
  readonly lastRemoved: number;
}

export async function openAt(
  directory: string,
  options: { acceptLoss?: boolean; fatal?: (message: string) => void } = {},
): Promise<Log> {
  const settings = {
    ...STORAGE_DEFAULTS,
    directory,
    readerThreads: 1,
    acceptLoss: options.acceptLoss ?? false,
    reserveBytes: 0,
  };
  const { fatal } = options;
  return openLog({ settings, threads: THREADS, ...(fatal ? { onFatal: fatal } : {}) });
}

/** Writes `count` events one commit after another, with keys, erasures and expired ones among them. */
export async function writeKnownLog(
  directory: string,
  count: number,
): Promise<{ readonly log: Log; readonly known: KnownLog }> {
  const log = await openAt(directory);
  const events = new Map<number, NewEvent & { erased: boolean }>();
  const keys: KnownLog['keys'][number][] = [];
  let lastRemoved = 0;
  for (let n = 1; n <= count; n += 1) {
    const event = eventOf(n);
    const key = n % KEYED_EVERY === 0 ? { scope: 'known', key: `k${n}`, digest: `d${n}` } : undefined;
    const { positions } = await log.append([event], key);
    const position = positions[0] ?? 0;
    if (key) keys.push({ key, events: [event], position });
    if (event.topics.includes(EXPIRED)) lastRemoved = position;
    else events.set(position, { ...event, erased: false });
    if (n === Math.floor(count / 2)) await log.expire(Date.now() + HOUR_MS);
  }
  const erased = [...events.keys()].filter((position) => position % ERASED_EVERY === 0);
  await log.erase(erased);
  for (const position of erased) {
    const event = events.get(position);
    if (event) events.set(position, { ...event, erased: true });
  }
  await log.expire(Date.now() + HOUR_MS);
  return { log, known: { directory, epoch: log.head.epoch, end: log.head.position, events, keys, lastRemoved } };
}

function eventOf(n: number): NewEvent {
  const topics =
    n % 5 === 0 ? [EXPIRED] : [TOPICS[n % 3] ?? TOPICS[0], ...(n % 4 === 0 ? ['stream:default/many'] : [])];
  const data = new Uint8Array((n * 73) % 1_500).map((_, index) => (n * 31 + index * 7) & 0xff);
  return { type: `known.t${n % 4}`, topics, attributes: { number: `${n}` }, actor: `/apps/${n % 3}`, data };
}

/** Copies the files of a directory that no process has open. */
export function copyDirectory(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
}

/** How a log that was tampered with answered. */
export type Answer = 'refused to start' | 'told while reading' | 'unharmed';

/** Opens a copy and reads all of it. Throws when anything is served wrong or left out in silence. */
export async function examine(directory: string, known: KnownLog, acceptLoss = false): Promise<Answer> {
  const fatal: string[] = [];
  let log: Log;
  try {
    log = await openAt(directory, { acceptLoss, fatal: (message) => fatal.push(message) });
  } catch (error) {
    assert.ok(isTold(error), `a refusal says what is corrupt: ${error instanceof Error ? error.stack : String(error)}`);
    return 'refused to start';
  }
  try {
    const told = await compare(log, known, acceptLoss);
    return told || fatal.length > 0 ? 'told while reading' : 'unharmed';
  } finally {
    await log.close();
  }
}

async function compare(log: Log, known: KnownLog, acceptLoss: boolean): Promise<boolean> {
  const found = new Map<number, Event>();
  let told = false;
  if (!acceptLoss)
    assert.deepEqual([log.head.epoch, log.head.position], [known.epoch, known.end], 'the end of the log');
  if (acceptLoss && log.head.epoch === known.epoch)
    assert.equal(log.head.position, known.end, 'nothing lost, same epoch');
  for (let after = 0; after < log.head.position; ) {
    try {
      const page = await log.read({ topics: FLOORS, after, limit: 50 });
      if (page.kind === 'gap') {
        assert.ok(acceptLoss, `a gap up to ${page.earliest} where nothing was removed`);
        told = true;
        after = page.earliest;
        continue;
      }
      for (const event of page.events) found.set(event.position, event);
      after = page.upTo;
    } catch (error) {
      if (!isTold(error)) throw error;
      told = true;
      after += 1;
    }
  }
  const isSalvaged = acceptLoss && log.head.epoch !== known.epoch;
  for (const [position, event] of found) checkServed(position, event, known, isSalvaged);
  if (told) return true;
  if (isSalvaged) return true;
  for (const position of known.events.keys()) assert.ok(found.has(position), `${position} is left out in silence`);
  assert.equal(log.lastRemoved([EXPIRED]), known.lastRemoved, 'the gap of what expired');
  return checkKeys(log, known);
}

/**
 * `isSalvaged`: the operator accepted the loss. What is damaged is a tombstone then, and commits behind the damage are
 * given up, erasures among them; what is served is still as it was written.
 */
function checkServed(position: number, event: Event, known: KnownLog, isSalvaged: boolean): void {
  const expected = known.events.get(position);
  assert.ok(expected, `an event is served at ${position} where none is`);
  const { type, topics, attributes, actor, erased } = event;
  if (isSalvaged ? erased : expected.erased) {
    const wanted = isSalvaged && type === 'unreadable' ? type : expected.type;
    assert.deepEqual([type, erased, event.data.length], [wanted, true, 0], `${position} was erased`);
    return;
  }
  assert.deepEqual(
    { type, topics: topics.toSorted(), attributes, actor, erased, data: Buffer.from(event.data).toString('hex') },
    {
      type: expected.type,
      topics: expected.topics.toSorted(),
      attributes: expected.attributes,
      actor: expected.actor,
      erased: false,
      data: Buffer.from(expected.data).toString('hex'),
    },
    `${position} is served as it was written`,
  );
}

/** A repeat under every known key must still be recognised; whether damage was told instead. */
async function checkKeys(log: Log, known: KnownLog): Promise<boolean> {
  for (const { key, events, position } of known.keys) {
    try {
      assert.deepEqual(await log.append(events, key), { positions: [position], duplicate: true }, `the key ${key.key}`);
    } catch (error) {
      if (!isTold(error)) throw error;
      return true;
    }
  }
  return false;
}

function isTold(error: unknown): boolean {
  return error instanceof CarillonError && (error.code === 'corrupt' || error.code === 'unavailable');
}
