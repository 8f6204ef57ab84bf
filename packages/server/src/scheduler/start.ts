import type { Leases, LogStore } from '@carillon/core';
import { endAnnouncements, nextAnnouncementEnd, nextScheduled } from '../domain/index.ts';
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

/** Events after which something may be due sooner than was known. */
const PLANNING: ReadonlySet<string> = new Set(['scheduled.added', 'scheduled.updated', 'announcement.published']);

/**
 * Sends scheduled posts when they are due and ends announcements when they end, and on start what fell due while no
 * server ran. Each is posted or ended once, whoever does it: that and forgetting the plan are one commit.
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
      if (events.some(({ type }) => PLANNING.has(type))) this.#ask();
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
    // Taken before the work: what falls due in the midst of it is still to come.
    const at = now();
    const isSettled = await sendDue(this.#deps, isMine);
    const end = await this.#endAnnouncements();
    const { rows: next } = await commands.query(nextScheduled, { now: at });
    const most = isSettled ? TICK_MS : RETRY_MS;
    const soonest = Math.min(next ?? Number.POSITIVE_INFINITY, end ?? Number.POSITIVE_INFINITY);
    return Math.max(0, Math.min(most, soonest - now()));
  }

  /** Tells when the next ends, which is in the past when there is more to end at once. */
  async #endAnnouncements(): Promise<number | undefined> {
    const { commands, now } = this.#deps;
    const at = now();
    const { rows: end } = await commands.query(nextAnnouncementEnd, {});
    if (end === undefined || end > at) return end;
    await commands.run(endAnnouncements, { now: at });
    return (await commands.query(nextAnnouncementEnd, {})).rows;
  }
}
