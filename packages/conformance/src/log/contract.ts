import type { LogStore, Sequencer } from '@carillon/core';

/** One log, open in this process. */
export interface OpenLog {
  readonly sequencer: Sequencer;
  readonly store: LogStore;
  /** Removes whatever retention would remove if the clock showed this (milliseconds since 1970). */
  expire?(nowMs: number): Promise<void>;
  /** Ends in an orderly way; the directory may be opened again afterwards. */
  close(): Promise<void>;
}

/** Opens the log that lives in this directory, or makes a new one there. One directory is open once at a time. */
export type OpenLogAt = (directory: string) => Promise<OpenLog>;

/** What an engine can be held to. Cases that need what is missing are reported as skipped, by name. */
export interface LogCapabilities {
  /** What was acknowledged is there again after `close` and a second `open`. */
  readonly reopen: boolean;
  /** `append` resolves with `store.head` at or above its positions: reader and writer are one file. */
  readonly readsOwnWrites: boolean;
  /** `OpenLog.expire` exists, with the retention that kernel K7 gives each class of topics. */
  readonly expire: boolean;
  /** Survives SIGKILL: the module exports `openLog: OpenLogAt` and is opened by a child process. */
  readonly kill?: { readonly opener: URL; readonly rounds: number };
  /** Random command sequences compared with the reference model; 20 when absent. */
  readonly modelRuns?: number;
}

export type Need = 'reopen' | 'readsOwnWrites' | 'expire' | 'kill';

/** The place of one case: an empty directory whose log may be opened, closed and opened again. */
export interface Bench {
  readonly directory: string;
  readonly capabilities: LogCapabilities;
  /** Opens the log of this directory, the case's own when absent; the suite closes what the case leaves open. */
  open(directory?: string): Promise<OpenLog>;
}

/** One promise of the log, checked by `run`, which throws when it is broken. */
export interface LogCase {
  readonly name: string;
  readonly needs?: readonly Need[];
  readonly timeoutMs?: number;
  run(bench: Bench): Promise<void>;
}
