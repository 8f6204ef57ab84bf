/** Durable Streams §10.1: cursors count intervals of 20 seconds from 9 October 2024. */
const INTERVAL_MS = 20_000;
const ORIGIN_MS = Date.UTC(2024, 9, 9);
/** The jitter that §10.1 asks for, up to an hour, in intervals. */
const MAX_JITTER = 180;

export function cursorAt(timeMs: number): number {
  return Math.max(0, Math.floor((timeMs - ORIGIN_MS) / INTERVAL_MS));
}

/** The cursor to answer with: the current interval, or a greater one when the client presents that or a later one. */
export function nextCursor(presented: string | undefined, nowMs: number, random: () => number = Math.random): number {
  const current = cursorAt(nowMs);
  if (presented === undefined || !/^\d{1,14}$/.test(presented)) return current;
  const theirs = Number(presented);
  return theirs < current ? current : theirs + 1 + Math.floor(random() * MAX_JITTER);
}
