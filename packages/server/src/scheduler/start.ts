import type { Leases, LogStore } from '@carillon/core';
import { nextScheduled } from '../domain/index.ts';
import { type SendDependencies, sendDue } from './send-due.ts';

interface SchedulerDependencies extends SendDependencies {
  readonly log: Pick<LogStore, 'onAdvance'>;
  readonly leases: Leases;
  /** Unique among all nodes: only the one that holds the lease sends. */
  readonly node: string;
}

const LEASE = 'jobs/scheduled-posts';
const LEASE_MS = 60_000;
/** How soon another node notices that the sender is gone, and a clock that was set is followed. */
const TICK_MS = 30_000;
const RETRY_MS = 5_000;

/**
 * Sends scheduled posts when they are due, and on start those that fell due while no server ran. Each is posted once,
 * whoever sends it: making the post and forgetting the plan are one commit.
 */
export function startScheduler(deps: SchedulerDependencies): { close(): Promise<void> } {
  return new Scheduler(deps);
}

class Scheduler {
  readonly #deps: SchedulerDependencies;
  readonly #stopListening: () => void;
  #isClosed = false;
  /** A pass that has not begun yet will see what has just changed. */
  #isAsked = false;
  #underWay: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: SchedulerDependencies) {
    this.#deps = deps;
    this.#stopListening = deps.log.onAdvance((events) => {
      if (events.some(({ type }) => type === 'scheduled.added' || type === 'scheduled.updated')) this.#ask();
    });
    this.#ask();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    await this.#underWay;
    await this.#deps.leases.release(LEASE, this.#deps.node);
  }

  #ask(): void {
    if (this.#isAsked || this.#isClosed) return;
    this.#isAsked = true;
    this.#underWay = this.#underWay.then(() => this.#pass());
  }

  async #pass(): Promise<void> {
    this.#isAsked = false;
    clearTimeout(this.#timer);
    let waitMs = RETRY_MS;
    try {
      waitMs = await this.#work();
    } catch (error) {
      if (!this.#isClosed) this.#deps.failed(error);
    }
    if (this.#isClosed) return;
    // Nothing else may have armed it: passes come one after another.
    this.#timer = setTimeout(() => this.#ask(), waitMs).unref();
  }

  /** Tells how long to wait for the next pass. */
  async #work(): Promise<number> {
    const { commands, leases, node, now } = this.#deps;
    const isMine = async (): Promise<boolean> => !this.#isClosed && (await leases.claim(LEASE, node, LEASE_MS));
    if (!(await isMine())) return TICK_MS;
    const isSettled = await sendDue(this.#deps, isMine);
    const at = now();
    const { rows: next } = await commands.query(nextScheduled, { now: at });
    const most = isSettled ? TICK_MS : RETRY_MS;
    return next === undefined ? most : Math.min(most, next - at);
  }
}
