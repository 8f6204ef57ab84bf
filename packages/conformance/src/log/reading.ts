import assert from 'node:assert/strict';
import type { LogCase, OpenLog } from './contract.ts';
import { appendSeen, range, readAll, sinceStart, textEvent, textOf } from './events.ts';

const A = 'stream:default/a';
const B = 'stream:default/b';
const C = 'app:other/c';

/** Thirty events; event n (its position) is on A when even, on B when a multiple of three, on C when of five. */
async function thirty(log: OpenLog): Promise<void> {
  const topicsOf = (n: number): string[] => [
    ...(n % 2 === 0 ? [A] : []),
    ...(n % 3 === 0 ? [B] : []),
    ...(n % 5 === 0 ? [C] : []),
    'stream:default/all',
  ];
  await appendSeen(
    log,
    range(30).map((n) => textEvent(`${n + 1}`, topicsOf(n + 1))),
  );
}

export const reading: readonly LogCase[] = [
  {
    name: 'a read returns the events of its topics only, each once however many match',
    async run(bench) {
      const log = await bench.open();
      await thirty(log);

      const positions = async (...topics: string[]) =>
        (await readAll(log.store, sinceStart(...topics))).map((event) => event.position);

      assert.deepEqual(
        await positions(A, B),
        range(31).filter((n) => n > 0 && (n % 2 === 0 || n % 3 === 0)),
      );
      assert.deepEqual(await positions(C), [5, 10, 15, 20, 25, 30]);
      assert.deepEqual(await positions('stream:default/never'), []);
      assert.deepEqual(
        await positions(A, A),
        range(31).filter((n) => n > 0 && n % 2 === 0),
      );
    },
  },
  {
    name: 'reading from any position gives exactly what lies after it',
    async run(bench) {
      const log = await bench.open();
      await thirty(log);

      for (const after of range(31)) {
        const events = await readAll(log.store, sinceStart(B), { after });
        assert.deepEqual(
          events.map(textOf),
          [3, 6, 9, 12, 15, 18, 21, 24, 27, 30].filter((n) => n > after).map(String),
        );
      }
    },
  },
  {
    name: 'events at or below the floor of their topic are not the reader’s',
    async run(bench) {
      const log = await bench.open();
      await thirty(log);

      const events = await readAll(
        log.store,
        [
          { topic: A, since: 20 },
          { topic: B, since: 12 },
        ],
        { after: 3 },
      );

      assert.deepEqual(
        events.map((event) => event.position),
        [15, 18, 21, 22, 24, 26, 27, 28, 30],
      );
    },
  },
  {
    name: 'until bounds a read, and an empty page still moves on to it',
    async run(bench) {
      const log = await bench.open();
      await thirty(log);

      const page = await log.store.read({ topics: sinceStart(B), after: 3, until: 12, limit: 100 });
      const empty = await log.store.read({ topics: sinceStart(C), after: 10, until: 14, limit: 100 });
      const quiet = await log.store.read({ topics: sinceStart('stream:default/never'), after: 0, limit: 100 });

      assert.ok(page.kind === 'page' && empty.kind === 'page' && quiet.kind === 'page');
      assert.deepEqual([page.events.map((event) => event.position), page.upTo], [[6, 9, 12], 12]);
      assert.deepEqual([empty.events, empty.upTo], [[], 14]);
      assert.deepEqual([quiet.events, quiet.upTo], [[], 30]);
    },
  },
  {
    name: 'until beyond the durable end reads to the end',
    async run(bench) {
      const log = await bench.open();
      await thirty(log);

      const page = await log.store.read({ topics: sinceStart(C), after: 20, until: 1_000, limit: 100 });

      assert.ok(page.kind === 'page');
      assert.deepEqual([page.events.map((event) => event.position), page.upTo], [[25, 30], 30]);
    },
  },
  {
    name: 'pages of any size join without loss or repeat',
    async run(bench) {
      const log = await bench.open();
      await thirty(log);

      for (const limit of [1, 2, 3, 7, 10]) {
        const page = await log.store.read({ topics: sinceStart(A, C), after: 0, limit });
        assert.ok(page.kind === 'page' && page.events.length === limit);
        const all = await readAll(log.store, sinceStart(A, C), { limit });
        const expected = range(31).filter((n) => n > 0 && (n % 2 === 0 || n % 5 === 0));
        assert.deepEqual(
          all.map((event) => event.position),
          expected,
        );
      }
    },
  },
  {
    name: 'maxBytes ends a page early but never empty',
    async run(bench) {
      const log = await bench.open();
      await appendSeen(
        log,
        range(20).map((n) => textEvent('x'.repeat(100 * (1 + (n % 3))), [A])),
      );

      for (const maxBytes of [1, 250, 1_000]) {
        const page = await log.store.read({ topics: sinceStart(A), after: 0, limit: 100, maxBytes });
        assert.ok(page.kind === 'page' && page.events.length > 0 && page.events.length < 20);
        const sizes = page.events.map((event) => event.data.length);
        const allButLast = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
        assert.ok(allButLast <= maxBytes, `${allButLast} bytes were full and another event followed`);
        const all = await readAll(log.store, sinceStart(A), { maxBytes });
        assert.deepEqual(
          all.map((event) => event.position),
          range(20).map((n) => n + 1),
        );
      }
    },
  },
  {
    name: 'a thousand topics in one read',
    async run(bench) {
      const log = await bench.open();
      const topics = range(1_000).map((n) => `stream:default/many/${n}`);
      await appendSeen(
        log,
        range(200).map((n) => textEvent(`${n}`, [topics[(n * 7) % 1_000] ?? A, A])),
      );

      const events = await readAll(log.store, sinceStart(...topics, 'stream:default/many/none'), { limit: 37 });

      assert.deepEqual(events.map(textOf), range(200).map(String));
    },
  },
];
