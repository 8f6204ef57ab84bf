import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PostingList } from './posting-list.ts';
import { TopicIndex } from './topic-index.ts';

const ascending = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 1_600 }).map((steps) =>
  steps.map(
    (
      (at) => (step: number) =>
        (at += step)
    )(0),
  ),
);

test('a posting list holds what was pushed and not removed', () => {
  fc.assert(
    fc.property(
      ascending,
      fc.array(fc.nat(1_700), { maxLength: 200 }),
      fc.nat(6_000),
      fc.nat(800),
      (all, gone, after, limit) => {
        const list = new PostingList();
        for (const position of all) list.push(position);
        const removed = new Set(gone.map((n) => all[n] ?? 7_777));
        for (const position of removed) list.remove(position);
        const kept = all.filter((position) => !removed.has(position));

        const found: number[] = [];
        list.copy(after, 4_000, limit, found);

        expect(found).toEqual(kept.filter((position) => position > after && position <= 4_000).slice(0, limit));
        expect(list.last).toBe(kept.at(-1) ?? 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('entries farther apart than four bytes reach are kept', () => {
  const list = new PostingList();
  const positions = Array.from({ length: 1_200 }, (_, n) => 1 + n * 2 ** 28);
  for (const position of positions) list.push(position);

  const found: number[] = [];
  list.copy(0, Number.MAX_SAFE_INTEGER, 5_000, found);

  expect(found).toEqual(positions);
});

test('a search is the ordered union of its topics above their floors', () => {
  const events = fc.array(fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 3 }), { maxLength: 300 });
  const floors = fc.array(fc.record({ topic: fc.nat(11), since: fc.nat(200) }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      events,
      floors,
      fc.nat(200),
      fc.nat(320),
      fc.integer({ min: 1, max: 50 }),
      (all, asked, after, until, limit) => {
        const index = new TopicIndex();
        for (let id = 0; id < 10; id += 1) index.addTopic(id, `t${id}`);
        all.forEach((topics, n) =>
          index.add(
            n + 1,
            topics.map((topic) => `t${topic}`),
          ),
        );

        const found = index.search({
          topics: asked.map(({ topic, since }) => ({ topic: `t${topic}`, since })),
          after,
          until,
          limit,
        });

        const wanted = all.flatMap((topics, n) =>
          n + 1 > after && n + 1 <= until && asked.some(({ topic, since }) => n + 1 > since && topics.includes(topic))
            ? [n + 1]
            : [],
        );
        expect(found).toEqual(wanted.slice(0, limit));
      },
    ),
    { numRuns: 300 },
  );
});
