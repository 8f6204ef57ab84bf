import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 5;

/** Waits for a named condition; throws naming it when the deadline passes first. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 60_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await pause(POLL_MS);
  }
}

export { pause };

export function randomBetween(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1));
}
