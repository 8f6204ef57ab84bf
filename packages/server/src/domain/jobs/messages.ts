import type { Message } from '../../state/index.ts';

/** A job that may be gone on with. */
export interface DueJob {
  readonly id: number;
  readonly kind: string;
}

export interface Postponed {
  /** Failures since the job last went on. */
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
}

export interface JobsView {
  /** Oldest first. */
  readonly due: readonly DueJob[];
  /** When the next one of the others is due; null when there is none. */
  readonly nextDueAt: number | null;
  readonly open: number;
  /** Those of the open ones that failed and have not gone on since. */
  readonly failing: number;
}

/**
 * Serves a job's next recipients and moves its cursor in the same commit, so that a stop between two commits neither
 * leaves out nor repeats any. Tells whether the job is over; one that is gone is. May be run anywhere, any number of times.
 */
export const continueJob: Message<{ readonly id: number }, boolean> = { name: 'jobs.continue' };
/** After a failure: the job is not due for a second, then two, then four, at most an hour. */
export const postponeJob: Message<{ readonly id: number }, Postponed | undefined> = { name: 'jobs.postpone' };
export const openJobs: Message<{ readonly now: number; readonly limit: number }, JobsView> = { name: 'jobs.open' };
