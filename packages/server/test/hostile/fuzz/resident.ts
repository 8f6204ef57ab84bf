import { readFileSync } from 'node:fs';

/** Of a process, as Linux counts it. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/**
 * Of the second half, by the least of several measures on each side: what waits for its collection comes and goes, and
 * before that the heap, the log's tail and the caches become as large as they get.
 */
export function growthOf(memory: readonly number[]): number {
  const quarter = Math.ceil(memory.length / 4);
  return Math.min(...memory.slice(-quarter)) - Math.min(...memory.slice(quarter, 2 * quarter));
}
