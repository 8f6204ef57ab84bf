import { setTimeout } from 'node:timers/promises';
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
 * started again `KILLS` times. A kill waits until the reader is back from the one before (`sessions` counts how often
 * it has connected), and the publishers wait with it, so that each kill cuts a session and publishes alike.
 * Resolves when every publish was answered with success.
 */
export async function publishThroughKills(server: ServerProcess, topic: string, sessions: () => number): Promise<void> {
  const client = publisherOf(server);
  let next = 0;
  let answered = 0;
  let kills = 0;
  let readerBack: Promise<void> = Promise.resolve();
  let restarted: Promise<void> = Promise.resolve();
  const restart = async () => {
    await restarted;
    await eventually('the reader is back', () => sessions() >= kills);
    restarted = (async () => {
      await setTimeout(Math.random() * 20);
      await server.kill();
      await server.start();
    })();
  };
  async function publisher(): Promise<void> {
    while (next < PUBLISHES) {
      const n = next++;
      const event = { type: 'storm', topic, data: { n } };
      await client.publish(event, { idempotencyKey: `storm-${topic}-${n}`, attempts: 1_000 });
      answered++;
      if (kills < KILLS && answered >= ((kills + 1) * PUBLISHES) / (KILLS + 1)) {
        kills++;
        readerBack = restart();
      }
      await readerBack;
    }
  }
  await Promise.all(Array.from({ length: PUBLISHERS }, publisher));
  await restarted;
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
    await setTimeout(25);
  }
}
