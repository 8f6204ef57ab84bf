import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { Load } from './load.ts';
import { Server } from './server.ts';
import { pause, randomBetween } from './wait.ts';

const MOST_ACKS = 150;
const MOST_WAIT_MS = 30;

export const kill: Fault = {
  name: 'kill -9',
  promise:
    'The server is killed at random moments under load. Every publish answered with success is in the log exactly once, ' +
    'nothing was shown to a reader and then missing, order holds, and a reader that resumes gets nothing twice.',
  fullRounds: 50,
  needs: [],
  async run(rounds, scratch) {
    const data = join(scratch, 'data');
    await mkdir(data, { recursive: true });
    const server = await Server.make();
    const starts = [await server.start(data)];
    const load = new Load(server, scratch);
    try {
      await load.start();
      for (let round = 0; round < rounds; round += 1) {
        await load.more(randomBetween(3, MOST_ACKS));
        // The moment of death is the random input of this run.
        await pause(Math.random() * MOST_WAIT_MS);
        await server.end('SIGKILL');
        starts.push(await server.start(data));
      }
      await load.more(20);
      const verdict = await load.finish();
      return { ...verdict, 'slowest start, ms': Math.round(Math.max(...starts)) };
    } finally {
      load.abandon();
      await server.end('SIGKILL');
    }
  },
};
