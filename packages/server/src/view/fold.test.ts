import { CarillonError } from '@carillon/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAlertWords,
  block,
  blockDomain,
  changeListMembers,
  createFilter,
  createList,
  deleteFilter,
  deleteList,
  flagPost,
  follow,
  followTag,
  mute,
  removeAlertWords,
  restoreAccount,
  setAffiliation,
  suspendAccount,
  unfollow,
  updateFilter,
  updateList,
  updateProfile,
} from '../domain/index.ts';
import { type OpenDomain, openDomain } from '../domain/testing/open-domain.ts';
import type { AccountView } from './account-view.ts';
import { createViews } from './create-views.ts';
import type { ViewChange } from './index.ts';
import { membershipsOf } from './memberships.ts';
import { loadFilters } from './messages.ts';
import { stateOf } from './testing/view-state.ts';

const NAMES = ['juliet', 'romeo', 'nurse', 'tybalt'] as const;

const who = fc.nat(NAMES.length - 1);
const on = fc.boolean();
const languages = fc.constantFrom(null, ['en'], ['de', 'en']);
const replies = fc.constantFrom('followed' as const, 'list' as const, 'none' as const);
const step = fc.record({
  do: fc.constantFrom(
    ...([
      'follow',
      'follow',
      'unfollow',
      'block',
      'mute',
      'domain',
      'tag',
      'thread',
      'affiliation',
      'languages',
      'suspend',
    ] as const),
    ...(['list', 'members', 'members', 'list settings', 'drop list'] as const),
    ...(['filter', 'change filter', 'drop filter', 'alert words'] as const),
  ),
  actor: who,
  target: who,
  on,
  languages,
  replies,
  number: fc.nat(3),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const ENTRY = { actor: 'test', action: 'accounts.suspend', target: 'somebody' };

interface Account {
  readonly id: number;
  readonly channel: number;
}

class Run {
  readonly #domain: OpenDomain;
  readonly #accounts: readonly Account[];
  readonly #posts: readonly number[];
  readonly #lists: { readonly id: number; readonly actor: number }[] = [];
  readonly #filters: { readonly id: number; readonly actor: number }[] = [];

  constructor(domain: OpenDomain, accounts: readonly Account[], posts: readonly number[]) {
    this.#domain = domain;
    this.#accounts = accounts;
    this.#posts = posts;
  }

  /** Everybody follows and lists the next two, so that there is something to end. */
  async begin(): Promise<void> {
    const plain = { on: true, languages: null, replies: 'list', number: 0 } as const;
    for (const actor of this.#accounts.keys()) {
      const [next, other] = [1, 2].map((distance) => (actor + distance) % this.#accounts.length);
      const friends = [next ?? 0, other ?? 0];
      await this.step({ ...plain, do: 'list', actor, target: 0 });
      for (const target of friends) {
        await this.step({ ...plain, do: 'block', actor: target, target: actor, on: false });
        await this.step({ ...plain, do: 'block', actor, target, on: false });
        await this.step({ ...plain, do: 'follow', actor, target });
        await this.step({ ...plain, do: 'members', actor, target, number: actor });
      }
    }
  }

  async end(): Promise<void> {
    for (const { id } of this.#accounts) await this.restore(id);
  }

  restore(account: number): Promise<undefined> {
    return this.#domain.run(restoreAccount, { input: { account }, entry: ENTRY });
  }

  /** What the domain refuses changes nothing. */
  async step(step: Step): Promise<void> {
    try {
      await this.#do(step);
    } catch (error) {
      if (!(error instanceof CarillonError) || error.code === 'internal') throw error;
    }
  }

  async #do({ do: what, actor: by, target: to, on, languages, replies, number }: Step): Promise<unknown> {
    const { run } = this.#domain;
    const [{ id: actor }, { id: target }] = [this.#at(by), this.#at(to)];
    const list = this.#lists[number];
    const filter = this.#filters[number];
    switch (what) {
      case 'follow':
        return run(follow, { actor, target, shares: on, languages });
      case 'unfollow':
        return run(unfollow, { actor, target });
      case 'block':
        return run(block, { actor, target, on });
      case 'mute':
        return run(mute, { actor, target, on, expiresAt: number === 0 ? null : Date.now() + number * 60_000 });
      case 'domain':
        return run(blockDomain, { actor, domain: `d${number}.example`, on });
      case 'tag':
        return run(followTag, { actor, tag: `Tag${number}`, on });
      case 'thread':
        return run(flagPost, { actor, id: this.#posts[number] ?? 0, flag: 'muted', on });
      case 'affiliation': {
        const affiliation = on ? 'outcast' : 'publisher';
        return run(setAffiliation, { actor, target, channel: this.#at(by).channel, affiliation });
      }
      case 'languages':
        return run(updateProfile, { actor, profile: {}, settings: { chosenLanguages: languages } });
      case 'suspend':
        return on ? this.restore(actor) : run(suspendAccount, { input: { account: actor }, entry: ENTRY });
      case 'list': {
        const made = await run(createList, { actor, title: 'friends', replies, exclusive: on });
        return this.#lists.push({ id: made.id, actor });
      }
      case 'members':
        return list && run(changeListMembers, { ...list, ...(on ? { add: [target] } : { remove: [target] }) });
      case 'list settings':
        return list && run(updateList, { ...list, replies, exclusive: on });
      case 'drop list':
        return list && run(deleteList, list);
      case 'filter': {
        const keywords = [{ keyword: `word ${number}`, wholeWord: on }];
        const made = await run(createFilter, { actor, filter: { title: 'quiet', contexts: ['home'], keywords } });
        return this.#filters.push({ id: made.id, actor });
      }
      case 'change filter':
        return filter && run(updateFilter, { ...filter, filter: { addPosts: [this.#posts[number] ?? 0] } });
      case 'drop filter':
        return filter && run(deleteFilter, filter);
      case 'alert words':
        return run(on ? addAlertWords : removeAlertWords, { actor, words: [`word ${number}`] });
    }
  }

  #at(index: number): Account {
    const account = this.#accounts[index];
    if (!account) throw new Error(`there is no account ${index}`);
    return account;
  }
}

describe('a folded view', () => {
  it('is what a freshly loaded one is, and has told of every membership that began or ended', async () => {
    await using domain = await openDomain();
    const accounts = await domain.accounts(...NAMES);
    const posts = await Promise.all(accounts.map(async ({ id }) => (await domain.post(id, 'hello')).post.id));
    const failures: unknown[] = [];
    const deps = {
      log: domain.log,
      commands: domain.log,
      now: Date.now,
      failed: (error: unknown) => failures.push(error),
    };

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), async (steps) => {
        const folded = createViews(deps);
        const run = new Run(domain, accounts, posts);
        const open = await Promise.all(accounts.map(({ id }) => folded.open(id)));
        const told: ViewChange[][] = open.map(() => []);
        for (const [index, { onChange }] of open.entries()) onChange((change) => told[index]?.push(change));
        // Opened views are of this class.
        const before = open.map(({ view }) => membershipsOf(view as AccountView));

        await run.begin();
        for (const step of steps) await run.step(step);
        await run.end();
        const filters = await Promise.all(accounts.map(({ id: account }) => domain.ask(loadFilters, { account })));
        await expect.poll(() => open.map(({ view }) => (view as AccountView).filterEntries)).toEqual(filters);

        const fresh = createViews(deps);
        for (const [index, { id }] of accounts.entries()) {
          using loaded = await fresh.open(id);
          const view = open[index]?.view as AccountView;
          expect(stateOf(view)).toEqual(stateOf(loaded.view));
          expect(replay(before[index] ?? new Map(), told[index] ?? [])).toEqual(plain(membershipsOf(view)));
        }
        fresh.close();
        folded.close();
      }),
      { numRuns: Number(process.env['VIEW_RUNS'] ?? 12) },
    );
    expect(failures).toEqual([]);
  }, 120_000);
});

type Floors = Record<string, Record<string, number>>;

function plain(memberships: ReturnType<typeof membershipsOf>): Floors {
  const floors: Floors = {};
  for (const [list, topics] of memberships) {
    if (topics.length > 0) floors[String(list)] = Object.fromEntries(topics.map(({ topic, since }) => [topic, since]));
  }
  return floors;
}

/** Where the memberships stand after these changes. */
function replay(before: ReturnType<typeof membershipsOf>, changes: readonly ViewChange[]): Floors {
  const floors = plain(before);
  for (const { list, added, removed } of changes) {
    const own = (floors[String(list)] ??= {});
    for (const topic of removed) delete own[topic];
    for (const { topic, since } of added) own[topic] = since;
    if (Object.keys(own).length === 0) delete floors[String(list)];
  }
  return floors;
}
