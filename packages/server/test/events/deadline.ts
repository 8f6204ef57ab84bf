/** How long a test waits for anything before it fails: long, because many tests share few cores. */
export const DEADLINE_MS = 20_000;
