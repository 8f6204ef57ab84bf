import assert from 'node:assert/strict';
import type { IdempotencyKey } from '@carillon/core';
import type { LogCase } from './contract.ts';
import { arrived, range, readAll, sinceStart, textEvent, textOf } from './events.ts';

const TOPIC = 'stream:default/once';

function key(name: string, digest = 'd1', scope = 'key:K1'): IdempotencyKey {
  return { scope, key: name, digest };
}

export const idempotence: readonly LogCase[] = [
  {
    name: 'a repeat with the same key is stored once and answered with the first positions',
    async run(bench) {
      const { sequencer, store } = await bench.open();
      const batch = [textEvent('a', [TOPIC]), textEvent('b', [TOPIC])];

      const first = await sequencer.append(batch, key('k'));
      await sequencer.append([textEvent('between', [TOPIC])]);
      const repeat = await sequencer.append(batch, key('k'));
      const last = await sequencer.append([textEvent('end', [TOPIC])]);

      assert.deepEqual(first, { positions: [1, 2], duplicate: false });
      assert.deepEqual(repeat, { positions: [1, 2], duplicate: true });
      assert.deepEqual(last.positions, [4]);
      await arrived({ sequencer, store, close: async () => {} }, 4);
      assert.deepEqual((await readAll(store, sinceStart(TOPIC))).map(textOf), ['a', 'b', 'between', 'end']);
    },
  },
  {
    name: 'a key used with another digest is refused and nothing is stored',
    async run(bench) {
      const { sequencer } = await bench.open();

      await sequencer.append([textEvent('a', [TOPIC])], key('k'));

      await assert.rejects(sequencer.append([textEvent('b', [TOPIC])], key('k', 'd2')), { code: 'unprocessable' });
      assert.deepEqual((await sequencer.append([textEvent('c', [TOPIC])])).positions, [2]);
    },
  },
  {
    name: 'the same key in two scopes is two keys',
    async run(bench) {
      const { sequencer } = await bench.open();

      const mine = await sequencer.append([textEvent('a', [TOPIC])], key('k', 'd1', 'key:K1'));
      const yours = await sequencer.append([textEvent('b', [TOPIC])], key('k', 'd2', 'key:K2'));

      assert.deepEqual([mine.positions, yours.positions, yours.duplicate], [[1], [2], false]);
    },
  },
  {
    name: 'repeats sent at the same moment store one and agree on its positions',
    async run(bench) {
      const log = await bench.open();

      for (const round of range(20)) {
        const repeats = range(8).map(() => log.sequencer.append([textEvent(`r${round}`, [TOPIC])], key(`k${round}`)));
        const answers = await Promise.all(repeats);
        assert.deepEqual(new Set(answers.map((answer) => answer.positions.join())), new Set([`${round + 1}`]));
        assert.equal(answers.filter((answer) => !answer.duplicate).length, 1);
      }

      await arrived(log, 20);
      assert.deepEqual(
        (await readAll(log.store, sinceStart(TOPIC))).map(textOf),
        range(20).map((n) => `r${n}`),
      );
    },
  },
  {
    name: 'another digest sent at the same moment is refused',
    async run(bench) {
      const { sequencer } = await bench.open();

      for (const round of range(10)) {
        const answers = await Promise.allSettled([
          sequencer.append([textEvent('a', [TOPIC])], key(`k${round}`, 'd1')),
          sequencer.append([textEvent('b', [TOPIC])], key(`k${round}`, 'd2')),
        ]);
        const refused = answers.filter((answer) => answer.status === 'rejected');
        assert.equal(refused.length, 1);
        assert.equal(refused[0]?.reason.code, 'unprocessable');
      }
    },
  },
  {
    name: 'keys are remembered over a restart',
    needs: ['reopen'],
    async run(bench) {
      const before = await bench.open();
      await before.sequencer.append([textEvent('a', [TOPIC]), textEvent('b', [TOPIC])], key('k'));
      await before.close();

      const { sequencer } = await bench.open();

      const repeat = await sequencer.append([textEvent('a', [TOPIC]), textEvent('b', [TOPIC])], key('k'));
      assert.deepEqual(repeat, { positions: [1, 2], duplicate: true });
      await assert.rejects(sequencer.append([textEvent('z', [TOPIC])], key('k', 'd2')), { code: 'unprocessable' });
    },
  },
];
