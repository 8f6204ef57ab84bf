import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CarillonError, toErrorValue } from '@carillon/core';
import { Checkpoints } from './checkpoints.ts';
import { LogicalClock } from './clock.ts';
import type { CommandHandlers } from './command.ts';
import { type Applied, CommitUnit } from './commit-unit.ts';
import type { Database } from './driver.ts';
import type { EventWriter } from './event-writer.ts';
import { describeFault, faultOf, storageFull } from './faults.ts';
import { releaseFrame } from './frame.ts';
import { HeadFile } from './head-file.ts';
import { KeyLedger } from './idempotency.ts';
import { Inbox } from './inbox.ts';
import type { Frame, FromWriter, ToWriter, WriterData } from './messages.ts';
import { type DirectoryParts, type OpenDirectory, openDirectory } from './open-directory.ts';
import { Sealer } from './sealer.ts';
import type { StorageSettings } from './settings.ts';
import { SpaceReserve } from './space.ts';

/** What the writer thread's composition root puts together. */
export interface WriterRoot extends DirectoryParts {
  readonly handlers: CommandHandlers;
  openEvents(db: Database, settings: StorageSettings): EventWriter;
}

const SWEEP_ROWS = 1_000;

/** Entry of the writer thread: opens the directory, then commits until it is told to close. */
export function runWriter(root: WriterRoot): void {
  const port = parentPort;
  if (!port) throw new Error('the writer runs in a thread of its own');
  // What `spawnThreads` passed.
  const data = workerData as WriterData;
  try {
    new Writer(port, data, root, openDirectory(data, root)).start();
  } catch (error) {
    tell(port, { kind: 'unusable', error: toErrorValue(asOurs(error, data.settings.directory)) });
    port.close();
    data.checkpointer.close();
  }
}

function asOurs(error: unknown, directory: string): unknown {
  if (error instanceof CarillonError) return error;
  if (faultOf(error) === 'refused') return storageFull(error, directory);
  const code = faultOf(error) === 'fatal' ? 'corrupt' : 'internal';
  return new CarillonError(code, `${directory} cannot be opened: ${describeFault(error)}`);
}

function tell(port: MessagePort, message: FromWriter): void {
  port.postMessage(message);
}

/** The one thread that writes: drains what waits into one transaction, commits once, answers once. */
class Writer {
  readonly #port: MessagePort;
  readonly #data: WriterData;
  readonly #booted: OpenDirectory;
  readonly #clock: LogicalClock;
  readonly #keys: KeyLedger;
  readonly #events: EventWriter;
  readonly #unit: CommitUnit;
  readonly #head: HeadFile;
  readonly #checkpoints: Checkpoints;
  readonly #space: SpaceReserve;
  readonly #sealer: Sealer;
  readonly #inbox: Inbox;
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweepDue = false;
  #againTimer: NodeJS.Immediate | undefined;
  #committing = false;
  #closing = false;
  #broken = false;

  constructor(port: MessagePort, data: WriterData, root: WriterRoot, booted: OpenDirectory) {
    this.#port = port;
    this.#data = data;
    this.#inbox = new Inbox(port);
    this.#booted = booted;
    const { settings } = data;
    const { db, end } = booted;
    this.#clock = new LogicalClock(end.stamp);
    this.#keys = new KeyLedger(db, settings.idempotencyMs, settings.idempotencyKeys);
    this.#events = root.openEvents(db, settings);
    this.#head = new HeadFile(settings.directory);
    this.#head.write(end);
    this.#space = new SpaceReserve(settings.directory, settings.reserveBytes);
    this.#sealer = new Sealer(this.#clock, end.stamp, (sealedMs) => tell(port, { kind: 'sealed', sealedMs }));
    this.#checkpoints = new Checkpoints(db, data.checkpointer, settings, {
      fatal: (message) => this.#fatal(message),
      refused: (message) => tell(port, { kind: 'notice', notice: { level: 'warn', message } }),
    });
    this.#unit = new CommitUnit({
      db,
      end,
      clock: this.#clock,
      events: this.#events,
      keys: this.#keys,
      handlers: root.handlers,
      notice: (notice) => tell(port, { kind: 'notice', notice }),
    });
  }

  start(): void {
    const { end, created, migrated, loss } = this.#booted;
    if (loss !== undefined) tell(this.#port, { kind: 'notice', notice: { level: 'warn', message: loss } });
    for (const step of migrated) {
      if (!created)
        tell(this.#port, { kind: 'notice', notice: { level: 'info', message: `schema step ${step} done` } });
    }
    this.#port.on('message', (message: ToWriter) => this.#receive(message));
    tell(this.#port, {
      kind: 'opened',
      opened: { epoch: end.epoch, position: end.position, stamp: end.stamp, created },
    });
  }

  /** One batch at a time, so that timers and checkpoints have their turn under load. */
  #receive(first: ToWriter): void {
    this.#inbox.push(first);
    void this.#pump();
  }

  async #pump(): Promise<void> {
    // Whoever commits looks into the inbox afterwards.
    if (this.#committing) return;
    const batch = this.#inbox.takeBatch();
    if (batch.length > 0) {
      await this.#commit(batch);
      for (const frame of batch) releaseFrame(frame);
    }
    const control = this.#inbox.takeControl();
    if (control) this.#control(control);
    if (!this.#inbox.isEmpty && !this.#broken) setImmediate(() => void this.#pump());
  }

  #control(message: Exclude<ToWriter, Frame>): void {
    if (message.kind === 'close') {
      this.#close();
      return;
    }
    this.#events.countFrom(message.removableBytes);
    this.#scheduleSweep();
  }

  #scheduleSweep(): void {
    this.#sweepTimer = setInterval(() => {
      this.#sweepDue = true;
      void this.#sweep();
    }, this.#data.settings.retention.sweepMs);
  }

  async #sweep(): Promise<void> {
    await this.#commit([]);
    if (!this.#inbox.isEmpty) await this.#pump();
  }

  /** Handlers wait for nothing but the database, so nothing comes between but what finds this. */
  async #commit(frames: readonly Frame[]): Promise<void> {
    if (this.#broken || this.#committing) return;
    this.#committing = true;
    try {
      await this.#commitBatch(frames);
    } finally {
      this.#committing = false;
    }
  }

  async #commitBatch(frames: readonly Frame[]): Promise<void> {
    const operations = frames.reduce((sum, frame) => sum + frame.operations, 0);
    const applied = await this.#apply(frames, operations);
    if (!applied) return;
    const { answer, changed } = applied;
    const erased = this.#events.erasedBytes;
    if (!(changed ? this.#commitTransaction(operations) : this.#leave())) return;
    const sealedMs = this.#sealer.durable(this.#unit.end.stamp);
    if (answer.operations > 0 || answer.changes) tell(this.#port, { ...answer, sealedMs });
    if (changed) this.#checkpoints.afterCommit(erased);
    this.#sweepAgain();
  }

  async #apply(frames: readonly Frame[], operations: number): Promise<Applied | undefined> {
    const keysBefore = this.#keys.mark();
    try {
      this.#checkpoints.beforeCommit();
      if (this.#broken) return undefined;
      this.#booted.db.exec('BEGIN IMMEDIATE');
      return await this.#unit.apply(frames, this.#space.shortage(), (now) => this.#housekeep(now));
    } catch (error) {
      this.#keys.undo(keysBefore);
      this.#rollBack(error, operations);
      return undefined;
    }
  }

  /** Ends a transaction that changed nothing, without a flush. */
  #leave(): boolean {
    this.#booted.db.exec('ROLLBACK');
    this.#events.committed();
    return true;
  }

  /** Whether it changed rows that the log's changes do not tell of. */
  #housekeep(now: number): boolean {
    if (!this.#sweepDue) return false;
    const more = this.#events.sweep(now, SWEEP_ROWS);
    const pruned = this.#keys.prune(now);
    this.#sweepDue = more || pruned.more;
    return pruned.some;
  }

  /** Nothing of this batch is stored; whether the process can go on depends on what failed. */
  #rollBack(error: unknown, operations: number): void {
    const { db } = this.#booted;
    const fault = faultOf(error);
    try {
      if (db.inTransaction) db.exec('ROLLBACK');
    } catch (second) {
      this.#fatal(`rolling back failed: ${describeFault(second)}`);
      return;
    }
    this.#events.abandoned();
    if (fault === 'fatal' || (error instanceof CarillonError && error.code === 'corrupt')) {
      this.#fatal(`writing to ${db.file} failed: ${describeFault(error)}`);
      return;
    }
    const refused = fault === 'refused' ? storageFull(error, this.#data.settings.directory) : error;
    if (fault !== 'refused') this.#noticeError(`a batch was rolled back: ${describeFault(error)}`);
    if (operations > 0) tell(this.#port, { kind: 'refused', operations, error: toErrorValue(refused) });
  }

  /** The flush. A failed one is never repeated: what is on the disk is unknown, so the process ends. */
  #commitTransaction(operations: number): boolean {
    const { db } = this.#booted;
    try {
      db.exec('COMMIT');
    } catch (error) {
      if (faultOf(error) === 'refused') this.#rollBack(error, operations);
      else this.#fatal(`flushing ${db.file}-wal failed: ${describeFault(error)}`);
      return false;
    }
    this.#unit.committed();
    this.#writeHead();
    return true;
  }

  #sweepAgain(): void {
    if (!this.#sweepDue) return;
    this.#againTimer ??= setImmediate(() => {
      this.#againTimer = undefined;
      if (this.#sweepDue && !this.#closing) void this.#sweep();
    });
  }

  #writeHead(): void {
    try {
      this.#head.write(this.#unit.end);
    } catch (error) {
      this.#noticeError(`the head file could not be written: ${describeFault(error)}`);
    }
  }

  #noticeError(message: string): void {
    tell(this.#port, { kind: 'notice', notice: { level: 'error', message } });
  }

  #fatal(message: string): void {
    if (this.#broken) return;
    this.#broken = true;
    clearInterval(this.#sweepTimer);
    this.#sealer.stop();
    tell(this.#port, { kind: 'fatal', message });
  }

  #close(): void {
    this.#closing = true;
    clearInterval(this.#sweepTimer);
    this.#sealer.stop();
    try {
      this.#checkpoints.close();
      this.#booted.db.close();
      this.#head.close();
    } catch (error) {
      this.#fatal(`closing ${this.#booted.db.file} failed: ${describeFault(error)}`);
      return;
    }
    this.#booted.lock.close();
    tell(this.#port, { kind: 'closed' });
    this.#port.close();
  }
}
