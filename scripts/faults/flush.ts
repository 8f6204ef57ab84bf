import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { type FaultError, type FaultKind, Injector } from './injector.ts';
import { Load } from './load.ts';
import { Server } from './server.ts';
import { randomBetween, until } from './wait.ts';

const CASES: readonly (readonly [FaultKind, FaultError])[] = [
  ['sync', 'EIO'],
  ['write', 'ENOSPC'],
  ['sync', 'ENOSPC'],
  ['write', 'EIO'],
  ['write', 'EROFS'],
];
const MOST_NTH = 24;

/** What happened to the server while the fault lasted. */
type Outcome = 'ended' | 'refused' | 'unnoticed';

export const flush: Fault = {
  name: 'failing fsync and write',
  promise:
    'Every nth fsync or write fails with EIO, ENOSPC or EROFS (a preloaded library). A failed fsync ends the process; ' +
    'a failed write is refused or ends it. After restart or relief 0 acknowledged lost, 0 refused and stored twice.',
  fullRounds: 20,
  needs: ['gcc'],
  async run(rounds, scratch) {
    const data = join(scratch, 'data');
    await mkdir(data, { recursive: true });
    const injector = new Injector(scratch, data);
    const server = await Server.make({ env: injector.env });
    const load = new Load(server, scratch);
    const outcomes: Record<Outcome, number> = { ended: 0, refused: 0, unnoticed: 0 };
    try {
      await server.start(data);
      await load.start();
      for (let round = 0; round < rounds; round += 1) {
        const [kind, error] = CASES[round % CASES.length] ?? ['sync', 'EIO'];
        await load.more(randomBetween(3, 60));
        const outcome = await fail(server, injector, load, kind, error);
        outcomes[outcome] += 1;
        if (kind === 'sync') assert.equal(outcome, 'ended', `${error} of a flush ends the process: ${server.said}`);
        injector.disarm(kind);
        if (outcome === 'ended') await server.start(data);
        await load.more(5);
      }
      const verdict = await load.finish();
      const { ended, refused, unnoticed } = outcomes;
      return {
        ...verdict,
        'rounds that ended it': ended,
        'rounds refused': refused,
        'rounds without effect': unnoticed,
      };
    } finally {
      load.abandon();
      await server.end('SIGKILL');
      injector.close();
    }
  },
};

async function fail(
  server: Server,
  injector: Injector,
  load: Load,
  kind: FaultKind,
  error: FaultError,
): Promise<Outcome> {
  const refusedBefore = load.refused;
  const goal = load.acked + 200;
  injector.arm(kind, error, randomBetween(1, MOST_NTH));
  await until(() => injector.failed(kind) > 0, `a ${kind} fails with ${error}`);
  const refused = (): boolean => load.refused > refusedBefore;
  await until(() => !server.isRunning || refused() || load.acked > goal, `${error} of a ${kind} has a consequence`);
  // A refusal may be the last word of a process that ends.
  if (server.isRunning && kind === 'sync') await until(() => !server.isRunning, 'the server ends after a failed flush');
  if (!server.isRunning) {
    await server.end();
    assert.notEqual(server.exitCode, 0, 'an end by a fault is no success');
    return 'ended';
  }
  return refused() ? 'refused' : 'unnoticed';
}
