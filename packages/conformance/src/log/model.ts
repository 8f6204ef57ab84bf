import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdempotencyKey, NewEvent, ReadQuery } from '@carillon/core';
import fc from 'fast-check';
import { checkPage } from '../model/page.ts';
import { ReferenceLog } from '../model/reference-log.ts';
import { until } from '../until.ts';
import type { Bench, LogCase, OpenLog } from './contract.ts';
import { arrived, DEADLINE_MS } from './events.ts';

const TOPICS = ['stream:default/a', 'stream:default/b', 'app:default/a', 'app:other/b', 'public', 'system'] as const;
const DEFAULT_RUNS = 20;

type Step =
  | { readonly do: 'append'; readonly events: readonly NewEvent[]; readonly key?: IdempotencyKey | undefined }
  | { readonly do: 'read'; readonly query: Omit<ReadQuery, 'after'>; readonly back: number }
  | { readonly do: 'erase'; readonly positions: readonly number[] }
  | { readonly do: 'expire'; readonly afterMs: number }
  | { readonly do: 'reopen' };

const topics = fc.uniqueArray(fc.constantFrom(...TOPICS), { minLength: 1, maxLength: 4 });

const event: fc.Arbitrary<NewEvent> = fc.record(
  {
    type: fc.constantFrom('suite.a', 'suite.b'),
    topics,
    data: fc.uint8Array({ maxLength: 40 }),
    actor: fc.constantFrom('/apps/default', '7'),
    contentType: fc.constantFrom('application/json', 'text/plain'),
    attributes: fc.dictionary(fc.constantFrom('originid', 'subject'), fc.string({ maxLength: 8 }), {
      noNullPrototype: true,
    }),
    subjects: fc.uniqueArray(fc.constantFrom('account:1', 'post:2'), { maxLength: 2 }),
    routing: fc.record({ author: fc.nat(9), media: fc.boolean() }, { noNullPrototype: true }),
  },
  { requiredKeys: ['type', 'topics', 'data'], noNullPrototype: true },
);

const key = fc.record(
  {
    scope: fc.constantFrom('key:K1', 'key:K2'),
    key: fc.constantFrom('a', 'b', 'c'),
    digest: fc.constantFrom('1', '2'),
  },
  { noNullPrototype: true },
);

const floors = fc.array(
  fc.record(
    { topic: fc.constantFrom(...TOPICS), since: fc.oneof(fc.constant(0), fc.nat(30)) },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 4 },
);

const query = fc.record(
  {
    topics: floors,
    limit: fc.integer({ min: 1, max: 12 }),
    until: fc.nat(60),
    maxBytes: fc.integer({ min: 1, max: 90 }),
  },
  { requiredKeys: ['topics', 'limit'], noNullPrototype: true },
);

function steps({ reopen, expire }: Bench['capabilities']): fc.Arbitrary<readonly Step[]> {
  const kinds: fc.WeightedArbitrary<Step>[] = [
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        events: fc.array(event, { minLength: 1, maxLength: 5 }),
        key: fc.option(key, { nil: undefined }),
      }),
    },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('read' as const), query, back: fc.nat(40) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('erase' as const),
        positions: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
      }),
    },
  ];
  if (expire) {
    const afterMs = fc.constantFrom(30_000, 3_600_000, 25 * 3_600_000);
    kinds.push({ weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), afterMs }) });
  }
  if (reopen) kinds.push({ weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) });
  return fc.array(fc.oneof(...kinds), { minLength: 5, maxLength: 40 });
}

export const model: readonly LogCase[] = [
  {
    name: 'agrees with the reference model over random appends, reads, erasures, expiries and restarts',
    timeoutMs: 120_000,
    async run(bench) {
      const { modelRuns = DEFAULT_RUNS } = bench.capabilities;
      let run = 0;
      await fc.assert(
        fc.asyncProperty(steps(bench.capabilities), async (sequence) => {
          run += 1;
          const directory = join(bench.directory, `run-${run}`);
          await mkdir(directory);
          await compare(bench, directory, sequence);
        }),
        {
          numRuns: modelRuns,
          endOnFailure: false,
          plugins: [fc.interruptAfterTimeLimit(100_000, { failOnInterrupt: false })],
        },
      );
      assert.ok(run >= modelRuns, `only ${run} of ${modelRuns} sequences ran in the time given`);
    },
  },
];

async function compare(bench: Bench, directory: string, sequence: readonly Step[]): Promise<void> {
  const reference = new ReferenceLog();
  let log = await bench.open(directory);
  for (const step of sequence) {
    if (step.do === 'reopen') {
      await log.close();
      log = await bench.open(directory);
    } else {
      await both(log, reference, step);
    }
    await arrived(log, reference.store.head.position);
    assert.equal(log.store.head.position, reference.store.head.position);
  }
  await log.close();
}

async function both(log: OpenLog, reference: ReferenceLog, step: Exclude<Step, { do: 'reopen' }>): Promise<void> {
  switch (step.do) {
    case 'append': {
      const answers = await Promise.allSettled(
        [log, reference].map(({ sequencer }) => sequencer.append(step.events, step.key)),
      );
      const [real, expected] = answers.map((it) =>
        it.status === 'fulfilled' ? it.value : { refused: it.reason.code ?? it.reason },
      );
      assert.deepEqual(real, expected);
      return;
    }
    case 'erase':
      await reference.sequencer.erase(step.positions);
      await log.sequencer.erase(step.positions);
      await until(() => sameTombstones(log, reference, step.positions), `tombstones at ${step.positions}`, DEADLINE_MS);
      return;
    case 'expire': {
      const now = Date.now() + step.afterMs;
      await reference.expire(now);
      await log.expire?.(now);
      for (const topic of TOPICS)
        assert.equal(log.store.lastRemoved([topic]), reference.store.lastRemoved([topic]), topic);
      return;
    }
    case 'read': {
      const end = reference.store.head.position;
      const question = { ...step.query, after: Math.max(0, end - step.back) };
      await checkPage(reference, question, await log.store.read(question));
    }
  }
}

async function sameTombstones(log: OpenLog, reference: ReferenceLog, positions: readonly number[]): Promise<boolean> {
  for (const position of positions) {
    const asked = {
      topics: TOPICS.map((topic) => ({ topic, since: position - 1 })),
      after: position - 1,
      until: position,
      limit: 1,
    };
    const [real, expected] = await Promise.all([log.store.read(asked), reference.store.read(asked)]);
    if (real.kind !== 'page' || expected.kind !== 'page') continue;
    if (real.events[0]?.erased !== expected.events[0]?.erased) return false;
  }
  return true;
}
