import type { MessagePort } from 'node:worker_threads';
import { type CheckpointMode, type CheckpointResult, checkpoint } from './checkpointer.ts';
import type { Database } from './driver.ts';
import { describeFault, faultOf } from './faults.ts';
import type { FromCheckpointer } from './messages.ts';
import type { StorageSettings } from './settings.ts';

export interface CheckpointEvents {
  /** A checkpoint's flush failed, or what was read is damaged: the process must end. */
  fatal(message: string): void;
  /** There was no room; the write-ahead log keeps everything, it will be tried again. */
  refused(message: string): void;
}

const TRUNCATE_DELAY_MS = 500;
const TRUNCATE_RETRY_MS = 250;
/** A page and its frame header. */
const FRAME_BYTES = 4_120;
/** How far past its bound the log may grow while readers or the other thread hold a checkpoint up. */
const PATIENCE = 4;

/**
 * Decides when the write-ahead log is copied into the database (kernel K9): in the checkpointer thread after some
 * growth, in the writer itself when the log has outgrown its bound, and down to nothing soon after an erasure,
 * because its old pages hold what was erased.
 */
export class Checkpoints {
  readonly #db: Database;
  readonly #port: MessagePort;
  readonly #settings: StorageSettings;
  readonly #events: CheckpointEvents;
  #state: CheckpointResult = { frames: 0, moved: 0 };
  #asked = false;
  #truncateTimer: NodeJS.Timeout | undefined;

  constructor(db: Database, port: MessagePort, settings: StorageSettings, events: CheckpointEvents) {
    this.#db = db;
    this.#port = port;
    this.#settings = settings;
    this.#events = events;
    port.on('message', (message: FromCheckpointer) => this.#answered(message));
  }

  /** With the log past its bound, copies the rest here and now, so that the next commit starts it anew. */
  beforeCommit(): void {
    const bytes = this.#state.frames * FRAME_BYTES;
    if (bytes < this.#settings.walBytes || this.#state.moved === this.#state.frames) return;
    this.#run(bytes < PATIENCE * this.#settings.walBytes ? 'PASSIVE' : 'RESTART');
  }

  afterCommit(erasedBytes: boolean): void {
    if (erasedBytes) this.#truncateTimer ??= setTimeout(() => this.#truncate(), TRUNCATE_DELAY_MS);
    this.#state = checkpoint(this.#db, 'NOOP');
    const { frames, moved } = this.#state;
    if (this.#asked || (frames - moved) * FRAME_BYTES < this.#settings.checkpointBytes) return;
    this.#asked = true;
    this.#port.postMessage('checkpoint');
  }

  /** Leaves no write-ahead log behind where there is room; throws when what is on the disk is unknown. */
  close(): void {
    clearTimeout(this.#truncateTimer);
    this.#port.postMessage('close');
    this.#port.close();
    try {
      checkpoint(this.#db, 'TRUNCATE');
    } catch (error) {
      if (faultOf(error) !== 'refused') throw error;
      this.#failed('refused', describeFault(error));
    }
  }

  #answered(message: FromCheckpointer): void {
    this.#asked = false;
    if (message.kind === 'failed') this.#failed(message.fault, message.message);
  }

  #truncate(): void {
    const done = this.#run('TRUNCATE') && this.#state.frames === 0;
    this.#truncateTimer = done ? undefined : setTimeout(() => this.#truncate(), TRUNCATE_RETRY_MS);
  }

  /** Whether the checkpoint ran, whatever it could move. */
  #run(mode: CheckpointMode): boolean {
    try {
      this.#state = checkpoint(this.#db, mode);
      return true;
    } catch (error) {
      this.#failed(faultOf(error), describeFault(error));
      return false;
    }
  }

  #failed(fault: 'refused' | 'fatal' | 'unknown', message: string): void {
    const text = `a checkpoint of ${this.#db.file} failed: ${message}`;
    if (fault === 'refused') this.#events.refused(text);
    else this.#events.fatal(text);
  }
}
