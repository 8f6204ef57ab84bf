import { type CarillonClient, createClient } from '@carillon/client';
import type { ServerProcess } from '../server-process.ts';

/** A tenth of the figures in `npm test`, all of them in `npm run faults`. */
const FULL = process.env['FAULTS'] === 'full';
export const PUBLISHES = FULL ? 10_000 : 1_000;
export const KILLS = FULL ? 10 : 3;

const PUBLISHERS = 8;
const PATIENT = { firstMs: 50, mostMs: 500 };

export function publisherOf(server: ServerProcess): CarillonClient {
  return createClient({ url: server.url, token: server.credentials.token, backoff: PATIENT });
}

/**
 * Publishes `PUBLISHES` numbered events with keys, each repeated until it is answered, while the server is killed and
 * started again `KILLS` times. Resolves when every publish was answered with success.
 */
export async function publishThroughKills(server: ServerProcess, topic: string): Promise<void> {
  const client = publisherOf(server);
  let next = 0;
  let answered = 0;
  let kills = 0;
  let killing: Promise<void> = Promise.resolve();
  const restart = async () => {
    await server.kill();
    await server.start();
  };
  async function publisher(): Promise<void> {
    while (next < PUBLISHES) {
      const n = next++;
      const event = { type: 'storm', topic, data: { n } };
      await client.publish(event, { idempotencyKey: `storm-${topic}-${n}`, attempts: 1_000 });
      answered++;
      if (kills < KILLS && answered >= ((kills + 1) * PUBLISHES) / (KILLS + 1)) {
        kills++;
        killing = killing.then(restart);
      }
    }
  }
  await Promise.all(Array.from({ length: PUBLISHERS }, publisher));
  await killing;
}

/** Waits for a condition; fails with its name when it has not come true in time. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
