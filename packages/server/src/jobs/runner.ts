import { setTimeout as wait } from 'node:timers/promises';
import type { Leases, LogStore } from '@carillon/core';
import { type Commands, continueJob, type DueJob, openJobs, postponeJob, startsJob } from '../domain/index.ts';

export interface JobDependencies {
  readonly commands: Commands;
  readonly log: Pick<LogStore, 'onAdvance'>;
  readonly leases: Leases;
  /** Unique among all nodes: only the one that holds the lease runs jobs. */
  readonly node: string;
  readonly now: () => number;
  /** How many jobs there are, told whenever that was looked at. */
  readonly counted: (jobs: { readonly open: number; readonly failing: number }) => void;
  readonly jobFailed: (failure: JobFailure) => void;
  /** Jobs could not be looked at, or put off; they are soon looked at again. */
  readonly failed: (error: unknown) => void;
}

export interface JobFailure {
  readonly job: number;
  readonly kind: string;
  readonly error: unknown;
  /** Since the job last went on. */
  readonly attempts: number;
  /** When it is tried again: milliseconds since 1970. */
  readonly dueAt: number;
}

export interface JobRunner {
  /** Ends after the batch that is under way; the rest is done after the next start. */
  close(): Promise<void>;
}

const LEASE = 'jobs/recipients';
/** Longer than a batch may take. */
const LEASE_MS = 60_000;
/** How soon another node notices that the one with the lease is gone. */
const TICK_MS = 30_000;
const SHORTEST_PAUSE_MS = 5;
/** Jobs that go on in turns. */
const AT_ONCE = 100;

/**
 * Goes on with what commands left to jobs, on start and whenever a job begins: a batch of each job in turns, and after
 * each a pause as long as it took, so that at least half of the writer is left to others.
 */
export function startJobs(deps: JobDependencies): JobRunner {
  const runner = new Runner(deps);
  runner.wake();
  return runner;
}

class Runner implements JobRunner {
  readonly #deps: JobDependencies;
  readonly #stopListening: () => void;
  readonly #tick: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #due: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;
  #isAsked = false;

  constructor(deps: JobDependencies) {
    this.#deps = deps;
    this.#stopListening = deps.log.onAdvance((events) => {
      if (events.some(startsJob)) this.wake();
    });
    this.#tick = setInterval(() => this.wake(), TICK_MS).unref();
  }

  wake(): void {
    this.#isAsked = true;
    this.#underWay ??= this.#run().finally(() => {
      this.#underWay = undefined;
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#stopListening();
    clearInterval(this.#tick);
    clearTimeout(this.#due);
    await this.#underWay;
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #run(): Promise<void> {
    const { leases, node, failed } = this.#deps;
    while (this.#isAsked && !this.#isClosed) {
      this.#isAsked = false;
      await this.#work().catch(failed);
    }
    await leases.release(LEASE, node).catch(failed);
  }

  async #work(): Promise<void> {
    const { commands, leases, node, now, counted } = this.#deps;
    while (!this.#isClosed) {
      const { due, nextDueAt, ...counts } = (await commands.query(openJobs, { now: now(), limit: AT_ONCE })).rows;
      counted(counts);
      if (nextDueAt !== null) this.#wakeAt(nextDueAt);
      if (due.length === 0) return;
      for (const job of due) {
        if (this.#isClosed || !(await leases.claim(LEASE, node, LEASE_MS))) return;
        const start = performance.now();
        await this.#goOn(job);
        await this.#pause(performance.now() - start);
      }
    }
  }

  async #goOn({ id, kind }: DueJob): Promise<void> {
    const { commands, jobFailed } = this.#deps;
    try {
      await commands.run(continueJob, { id });
    } catch (error) {
      const { result: postponed } = await commands.run(postponeJob, { id });
      if (postponed) jobFailed({ job: id, kind, error, ...postponed });
    }
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    if (!signal.aborted) await wait(Math.max(SHORTEST_PAUSE_MS, ms), undefined, { signal }).catch(() => undefined);
  }

  #wakeAt(dueAt: number): void {
    clearTimeout(this.#due);
    const ms = Math.min(TICK_MS, Math.max(0, dueAt - this.#deps.now()) + 1);
    if (!this.#isClosed) this.#due = setTimeout(() => this.wake(), ms).unref();
  }
}
