import { until } from '@carillon/conformance';
import { CarillonError, type Event } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { block, createFilter, createList, follow, suspendAccount, unfollow } from '../domain/index.ts';
import { type OpenDomain, openDomain } from '../domain/testing/open-domain.ts';
import { createViews, type ViewsDeps } from './create-views.ts';
import type { ViewChange, Views } from './index.ts';
import { postEvent } from './testing/post-event.ts';
import { stateOf } from './testing/view-state.ts';

let domain: OpenDomain;
let count = 0;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

/** Two accounts that nobody else in these tests knows. */
async function pair() {
  count++;
  return domain.accounts(`reader_${count}`, `author_${count}`);
}

interface Reins {
  /** What the views are told instead of these events. */
  tell: (events: readonly Event[]) => readonly Event[];
  /** Runs before each query's answer is handed over. */
  answer: () => Promise<void>;
  now: number;
}

/** Views over the real log and state, whose hints and answers a test can hold up or lose. */
function start(more: Partial<ViewsDeps> = {}): { views: Views; reins: Reins; failures: unknown[] } {
  const { log } = domain;
  const reins: Reins = { tell: (events) => events, answer: async () => undefined, now: Date.now() };
  const failures: unknown[] = [];
  const views = createViews({
    log: {
      get head() {
        return log.head;
      },
      onAdvance: (listener) => log.onAdvance((events) => listener(reins.tell(events))),
    },
    commands: {
      async query(query, input) {
        const answered = await log.query(query, input);
        await reins.answer();
        return answered;
      },
    },
    now: () => reins.now,
    failed: (error) => failures.push(error),
    ...more,
  });
  return { views, reins, failures };
}

async function freshState(account: number): Promise<unknown> {
  const { views } = start();
  using open = await views.open(account);
  const state = stateOf(open.view);
  views.close();
  return state;
}

describe('opening a view', () => {
  it('is refused to accounts that are not there, or suspended', async () => {
    const [reader] = await pair();
    const { views } = start();
    const entry = { actor: 'test', action: 'accounts.suspend', target: 'reader' };
    await domain.run(suspendAccount, { input: { account: reader.id }, entry });

    await expect(views.open(1)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(views.open(reader.id)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(views.counts.views).toBe(0);
    views.close();
  });

  it('gives all of an account one view, which stays a while for those who come back', async () => {
    const [reader] = await pair();
    const { views, reins } = start({ keepMs: 20 });
    const [first, second] = await Promise.all([views.open(reader.id), views.open(reader.id)]);

    expect(first.view).toBe(second.view);
    expect(views.find(reader.id)).toBe(first.view);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    using third = await views.open(reader.id);
    expect(third.view).toBe(first.view);
    third[Symbol.dispose]();
    reins.now += 20;
    await expect.poll(() => views.counts.views).toBe(0);
    expect(views.find(reader.id)).toBeUndefined();
    views.close();
  });

  it('leaves nothing behind, however often it was done', async () => {
    const [reader, author] = await pair();
    const keywords = [{ keyword: 'loud' }];
    await domain.run(createFilter, { actor: reader.id, filter: { title: 'f', contexts: ['home'], keywords } });
    await domain.run(block, { actor: reader.id, target: author.id, on: true });
    const others = Array.from({ length: 20 }, (_, n) => `many_${n}`);
    const ids = [reader, author, ...(await domain.accounts(...others))].map(({ id }) => id);
    const post = postEvent({ author: author.id, text: 'loud' });
    const { views } = start({ keepMs: 1, now: Date.now });
    for (let round = 0; round < 100; round++) {
      const open = await Promise.all(Array.from({ length: 100 }, (_, n) => views.open(ids[n % ids.length] ?? 0)));
      for (const each of open) each.onChange(() => undefined);
      if (round === 0) expect([views.excluding(post).size, views.matching(post).size]).toEqual([1, 1]);
      for (const each of open) each[Symbol.dispose]();
    }

    await until(() => views.counts.views === 0, 'every view is dropped', 10_000);
    expect([views.excluding(post).size, views.matching(post).size]).toEqual([0, 0]);
    views.close();
  });

  it('takes in what happens while it loads', async () => {
    const [reader, author] = await pair();
    const { views, reins } = start();
    let answers = 0;
    reins.answer = async () => {
      if (answers++ > 0) return;
      await domain.run(follow, { actor: reader.id, target: author.id });
      await domain.run(createList, { actor: reader.id, title: 'l', replies: 'list', exclusive: true });
    };

    using open = await views.open(reader.id);

    expect(open.view.follows.size).toBe(2);
    expect(stateOf(open.view)).toEqual(await freshState(reader.id));
    views.close();
  });
});

describe('an open view', () => {
  it('knows each event, and has told of it, before listeners that came later', async () => {
    const [reader, author] = await pair();
    const { views } = start();
    using open = await views.open(reader.id);
    const told: ViewChange[] = [];
    open.onChange((change) => told.push(change));
    const heard: [string, boolean, number][] = [];
    const topic = `channel:${author.channel}`;
    const stop = domain.log.onAdvance((events) => {
      for (const { type } of events) {
        if (type.startsWith('follow.')) heard.push([type, open.view.mayRead(topic), told.length]);
      }
    });

    await domain.run(follow, { actor: reader.id, target: author.id });
    await domain.run(unfollow, { actor: reader.id, target: author.id });
    stop();

    expect(heard).toEqual([
      ['follow.started', true, 1],
      ['follow.ended', false, 2],
    ]);
    expect(told[0]).toEqual({ added: [{ topic, since: expect.any(Number) }], removed: [] });
    expect(told[1]).toEqual({ added: [], removed: [topic] });
    views.close();
  });

  it('goes on with its filters until the new ones are there', async () => {
    const [reader] = await pair();
    const { views, reins } = start();
    const make = (keyword: string) =>
      domain.run(createFilter, {
        actor: reader.id,
        filter: { title: keyword, contexts: ['home'], keywords: [{ keyword, wholeWord: false }] },
      });
    await make('rose');
    using open = await views.open(reader.id);
    const post = postEvent({ author: 5, text: 'roses and thorns' });
    const titles = () => open.view.filterMatches(post).map(({ filter }) => filter.title);
    const { promise, resolve } = Promise.withResolvers<void>();
    reins.answer = () => promise;

    await make('thorn');
    expect(titles()).toEqual(['rose']);
    resolve();

    await expect.poll(titles).toEqual(['rose', 'thorn']);
    expect(views.matching(post).get(open.view)).toHaveLength(2);
    views.close();
  });

  it('allows nothing after missed events until it is loaded anew, and then tells what it missed', async () => {
    const [reader, author] = await pair();
    const { views, reins } = start();
    using open = await views.open(reader.id);
    const told: ViewChange[] = [];
    open.onChange((change) => told.push(change));
    const topic = `channel:${author.channel}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    reins.answer = () => promise;

    reins.tell = () => [];
    await domain.run(follow, { actor: reader.id, target: author.id });
    expect(open.view.mayRead(topic)).toBe(false);
    reins.tell = (events) => events;
    await domain.post(author.id, 'hello');
    expect(() => open.view.mayRead('public')).toThrow(expect.objectContaining({ code: 'unavailable' }));
    resolve();

    await expect.poll(() => told).toEqual([{ added: [{ topic, since: expect.any(Number) }], removed: [] }]);
    expect(open.view.mayRead(topic)).toBe(true);
    expect(stateOf(open.view)).toEqual(await freshState(reader.id));
    views.close();
  });

  it('that cannot be loaded anew allows nothing until somebody opens it again', async () => {
    const [reader, author] = await pair();
    const { views, reins, failures } = start();
    using open = await views.open(reader.id);
    const broken = new CarillonError('unavailable', 'the readers are gone');
    reins.answer = () => Promise.reject(broken);

    reins.tell = (events) => events.slice(1);
    await domain.run(follow, { actor: reader.id, target: author.id });
    reins.tell = (events) => events;
    await domain.post(author.id, 'hello');
    await expect.poll(() => failures).toEqual([broken]);
    expect(() => open.view.mayRead('public')).toThrow(expect.objectContaining({ code: 'unavailable' }));
    await expect(views.open(reader.id)).rejects.toBe(broken);

    reins.answer = async () => undefined;
    using again = await views.open(reader.id);
    expect(again.view).toBe(open.view);
    expect(open.view.mayRead(`channel:${author.channel}`)).toBe(true);
    views.close();
  });

  it('reads from the state what an erased event no longer says', async () => {
    const [reader, author] = await pair();
    const { views, reins } = start();
    using open = await views.open(reader.id);
    const told: ViewChange[] = [];
    open.onChange((change) => told.push(change));
    reins.tell = (events) =>
      events.map((event) => (event.type === 'follow.started' ? { ...event, data: Buffer.of(), erased: true } : event));

    await domain.run(follow, { actor: reader.id, target: author.id });

    await expect.poll(() => told).toHaveLength(1);
    expect(stateOf(open.view)).toEqual(await freshState(reader.id));
    views.close();
  });

  it('does not let one listener’s trouble reach the others', async () => {
    const [reader, author] = await pair();
    const { views, failures } = start();
    using open = await views.open(reader.id);
    const broken = new Error('cannot listen');
    const told: ViewChange[] = [];
    open.onChange(() => {
      throw broken;
    });
    open.onChange((change) => told.push(change));

    await domain.run(follow, { actor: reader.id, target: author.id });

    expect(told).toHaveLength(1);
    expect(failures).toEqual([broken]);
    views.close();
  });
});
