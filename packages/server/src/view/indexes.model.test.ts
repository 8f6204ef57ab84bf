import type { Event } from '@carillon/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountView } from './account-view.ts';
import { fold } from './fold.ts';
import type { FilterEntry } from './messages.ts';
import { postEvent } from './testing/post-event.ts';
import { NOW, newIndexes, viewOf } from './testing/view-of.ts';

const account = fc.integer({ min: 1, max: 6 });
const some = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.array(arbitrary, { maxLength: 3 });
const each = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.uniqueArray(arbitrary, { maxLength: 3 });
const domain = fc.constantFrom('a.example', 'b.example');
const language = fc.constantFrom('en', 'de', 'it');
const moment = fc.constantFrom(null, NOW - 1, NOW, NOW + 1, NOW + 10);
const word = fc.constantFrom('Rose', 'rose', 'thorn', 'über', '$%', 'wall');
const number = fc.integer({ min: 1, max: 4 });

const filter: fc.Arbitrary<FilterEntry> = fc.record({
  id: number,
  title: fc.constant('quiet'),
  contexts: fc.constant(['public']),
  action: fc.constantFrom('warn' as const, 'hide' as const),
  expiresAt: moment,
  keywords: some(fc.record({ keyword: word, wholeWord: fc.boolean() })),
  posts: each(number),
});
// No two of them differ in the case of their letters alone.
const alertWords = fc.uniqueArray(word, { maxLength: 3, selector: (one) => one.toLowerCase() });
const facts = fc.record({
  ended: fc.constantFrom(false, false, false, true),
  blocks: each(account),
  mutes: fc.uniqueArray(fc.record({ target: account, expiresAt: moment }), { maxLength: 3, selector: (m) => m.target }),
  blockedBy: each(account),
  domains: each(domain),
  chosenLanguages: fc.option(each(language)),
  filters: some(filter),
  alertWords,
});
const change = fc.oneof(
  fc.record({
    type: fc.constant('relationship.changed'),
    data: fc.record({
      account,
      target: fc.oneof(account, domain),
      kind: fc.constantFrom('block', 'mute'),
      on: fc.boolean(),
      expiresAt: fc.option(fc.constantFrom(NOW + 1, NOW + 10), { nil: undefined }),
    }),
  }),
  fc.record({
    type: fc.constant('settings.updated'),
    data: fc.record({ account, chosenLanguages: fc.option(each(language)) }),
  }),
  fc.record({ type: fc.constant('alert-words.changed'), data: fc.record({ account, words: alertWords }) }),
  fc.record({ type: fc.constantFrom('account.suspended', 'account.restored'), data: fc.record({ account }) }),
);
const text = some(fc.constantFrom('Rose', 'roses', 'THORN', 'ÜBER', 'übergang', '5$%', 'wall-e', 'prose')).map(
  (words) => words.join(' '),
);
const post = fc
  .record({
    type: fc.constantFrom('post.created', 'post.edited', 'share.created', 'post.deleted', 'presence.changed'),
    author: account,
    object: number,
    mentions: each(account),
    text,
    warning: text,
    media: fc.boolean(),
    domain: fc.option(domain, { nil: undefined }),
    language: fc.option(language, { nil: undefined }),
    sharedAuthor: fc.option(account, { nil: undefined }),
    shared: fc.option(fc.record({ id: number, text }), { nil: undefined }),
  })
  // What is not there is absent, as in the log.
  .map((options) => postEvent(JSON.parse(JSON.stringify(options))));
const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), change }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('judge' as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('load' as const), who: account, facts }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('filters' as const), who: account, filters: some(filter) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who: account }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);

describe('views turned round', () => {
  it('find exactly those who do not see an event as it is, and what their filters and alert words match', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 40, size: 'max' }), (acts) => {
        const indexes = newIndexes();
        const views = new Map<number, AccountView>();
        let now = NOW;
        for (const one of acts) {
          if (one.do === 'wait') now += 1;
          else if (one.do === 'judge') check(views, indexes, one.post);
          else if (one.do === 'change') for (const view of views.values()) fold(view, eventOf(one.change));
          else if (one.do === 'leave') {
            views.get(one.who)?.leaveIndexes();
            views.delete(one.who);
          } else if (one.do === 'filters') views.get(one.who)?.useFilters(one.filters);
          else {
            const known = views.get(one.who) ?? viewOf(one.who, {}, indexes, () => now);
            known.reset({ follows: [], tags: [], lists: [], threads: [], ...one.facts });
            views.set(one.who, known);
          }
        }
        for (const view of views.values()) view.leaveIndexes();
        expect(indexes.exclusions.excluding(postEvent({ author: 1 }))).toEqual(new Set());
      }),
      { numRuns: Number(process.env['VIEW_RUNS'] ?? 500) },
    );
  });
});

function check(views: ReadonlyMap<number, AccountView>, indexes: ReturnType<typeof newIndexes>, event: Event): void {
  const excluded = [...views.values()].filter((view) => !view.acceptsPublic(event)).map((view) => view.account);
  const found = [...indexes.exclusions.excluding(event)].map((view) => view.account);
  expect(found).toHaveLength(excluded.length);
  expect(new Set(found)).toEqual(new Set(excluded));

  const matched = [...views.values()].map((view) => [view.account, view.filterMatches(event)] as const);
  const matching = [...indexes.filters.matching(event)].map(([view, matches]) => [view.account, matches] as const);
  expect(new Map(matching)).toEqual(new Map(matched.filter(([, matches]) => matches.length > 0)));

  const alerted = [...views.values()].map((view) => [view.account, view.alertMatches(event)] as const);
  const alerting = [...indexes.alerts.alerting(event)].map(([view, words]) => [view.account, words] as const);
  expect(new Map(alerting)).toEqual(new Map(alerted.filter(([, words]) => words.length > 0)));
}

function eventOf({ type, data }: { readonly type: string; readonly data: unknown }): Event {
  return { ...postEvent({ type }), data: Buffer.from(JSON.stringify(data)) };
}
