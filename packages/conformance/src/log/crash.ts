import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { checkAfterCrash, retryUnanswered, witness } from '../crash/check.ts';
import { Appender } from '../crash/child.ts';
import type { Said } from '../crash/record.ts';
import type { Bench, LogCase } from './contract.ts';
import { range } from './events.ts';

const MAX_WAIT_MS = 40;

export const crash: readonly LogCase[] = [
  {
    name: 'killed in mid-append, again and again: what was acknowledged is there once, dense, in the same epoch',
    needs: ['kill', 'reopen'],
    timeoutMs: 300_000,
    async run(bench) {
      const { opener, rounds } = killing(bench);
      const said: Said[] = [];
      for (const round of range(rounds)) {
        const child = new Appender({ opener, directory: bench.directory, round: `r${round}` });
        await child.acknowledged(20 + Math.floor(Math.random() * 200));
        // The moment of death is the random input of this case.
        await pause(Math.random() * MAX_WAIT_MS);
        said.push(...(await child.end('SIGKILL')).said);

        const log = await bench.open();
        await checkAfterCrash(log, witness(said));
        said.push(...(await retryUnanswered(log, witness(said))));
        await checkAfterCrash(log, witness(said));
        await log.close();
      }
      const seen = witness(said);
      assert.ok(seen.acknowledged.size >= rounds * 20 && seen.saw.size > 0, 'there was load to lose');
    },
  },
  {
    name: 'killed while it starts: what was acknowledged before is there',
    needs: ['kill', 'reopen'],
    timeoutMs: 120_000,
    async run(bench) {
      const { opener, rounds } = killing(bench);
      const first = new Appender({ opener, directory: bench.directory, round: 'first' });
      await first.acknowledged(100);
      const said = [...(await first.end('SIGKILL')).said];

      for (const round of range(Math.max(3, Math.floor(rounds / 3)))) {
        const child = new Appender({ opener, directory: bench.directory, round: `s${round}` });
        await pause(60 + Math.random() * 300);
        said.push(...(await child.end('SIGKILL')).said);
      }

      await checkAfterCrash(await bench.open(), witness(said));
    },
  },
];

function killing({ capabilities }: Bench): NonNullable<Bench['capabilities']['kill']> {
  if (!capabilities.kill) throw new Error('the case needs kill');
  return capabilities.kill;
}
