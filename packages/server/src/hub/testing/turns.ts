/** Lets the event loop turn this many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Keeps the thread busy for at least this long, as real work would. */
export function work(forMs: number): void {
  const end = performance.now() + forMs;
  while (performance.now() < end);
}
