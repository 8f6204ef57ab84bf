import type { Leases } from '@carillon/core';
import { vi } from 'vitest';
import type { Commands } from '../../domain/index.ts';
import type { OpenDomain } from '../../domain/testing/open-domain.ts';
import { createLocalLeases } from '../../hub/index.ts';
import { type JobFailure, startJobs } from '../runner.ts';

export interface StartOptions {
  readonly leases?: Leases;
  readonly node?: string;
  readonly commands?: Commands;
}

/** Runs the jobs of a domain, and notes what it tells. */
export function start(domain: OpenDomain, options: StartOptions = {}) {
  const { leases = createLocalLeases(), node = 'one', commands = domain.log } = options;
  const failed = vi.fn();
  const failures: JobFailure[] = [];
  const counts: { open: number; failing: number }[] = [];
  const runner = startJobs({
    ...{ commands, log: domain.log, leases, node, now: Date.now, failed },
    counted: (jobs) => counts.push(jobs),
    jobFailed: (failure) => failures.push(failure),
  });
  return { failed, failures, counts, close: () => runner.close() };
}
