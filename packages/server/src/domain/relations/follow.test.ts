import { afterAll, describe, expect, it } from 'vitest';
import { block, follow, followersOf, followingOf, unfollow } from '../index.ts';
import { type Access, type Outcome, openRelations, refusal, type State, startOf } from './testing/open-relations.ts';

const opened = await openRelations();
const { domain, pair, group, relationship, counts, told, stand, outcome } = opened;
afterAll(() => opened.domain[Symbol.asyncDispose]());

const PAGE = { limit: 40 };

describe('a follow', () => {
  it('begins at the position of its event, counts, is listed, and ends', async () => {
    const { owner, fan } = await pair();
    const since = domain.heard.length;
    const made = await domain.run(follow, { actor: fan.id, target: owner.id, notify: true });
    const [started] = domain.heard.slice(since);

    expect(made).toMatchObject({
      id: owner.id,
      following: true,
      notifying: true,
      showingShares: true,
      languages: null,
    });
    expect(started).toMatchObject({
      type: 'follow.started',
      topics: [`account:${fan.id}`, `channel-meta:${owner.channel}`],
      actor: String(fan.id),
      routing: { author: fan.id, channel: owner.channel, object: owner.channel, mentions: [fan.id, owner.id] },
      subjects: [`account:${fan.id}`, `account:${owner.id}`],
    });
    expect(await counts(owner.id)).toEqual({ followers: 1, following: 0 });
    expect(await counts(fan.id)).toEqual({ followers: 0, following: 1 });
    const followers = await domain.ask(followersOf, { viewer: null, account: owner.id, page: PAGE });
    const following = await domain.ask(followingOf, { viewer: null, account: fan.id, page: PAGE });
    expect(followers?.map(({ item }) => item.id)).toEqual([fan.id]);
    expect(following?.map(({ item }) => item.id)).toEqual([owner.id]);

    const before = domain.heard.length;
    expect(await domain.run(unfollow, { actor: fan.id, target: owner.id })).toMatchObject({ following: false });
    expect(told(before)).toEqual([
      [
        'follow.ended',
        [`account:${fan.id}`, `channel-meta:${owner.channel}`],
        { account: fan.id, channel: owner.channel },
      ],
    ]);
    expect(await counts(owner.id)).toEqual({ followers: 0, following: 0 });
    expect(await counts(fan.id)).toEqual({ followers: 0, following: 0 });
    const nothing = domain.heard.length;
    await domain.run(unfollow, { actor: fan.id, target: owner.id });
    expect(told(nothing)).toEqual([]);
  });

  it('keeps its beginning when its options change, and tells only the follower', async () => {
    const { owner, fan } = await pair();
    await domain.run(follow, { actor: fan.id, target: owner.id });
    const position = startOf(domain.heard, fan.id).position;
    const since = domain.heard.length;
    const changed = { shares: false, notify: true, languages: ['de'] };
    const made = await domain.run(follow, { actor: fan.id, target: owner.id, ...changed });
    await domain.run(follow, { actor: fan.id, target: owner.id, ...changed });

    expect(made).toMatchObject({ following: true, showingShares: false, notifying: true, languages: ['de'] });
    const facts = {
      account: fan.id,
      followed: owner.id,
      channel: owner.channel,
      affiliation: 'member',
      ...changed,
      since: position,
    };
    expect(told(since)).toEqual([['follow.started', [`account:${fan.id}`], facts]]);
    expect(await counts(owner.id)).toEqual({ followers: 1, following: 0 });
    // What is not said stays, and no language is every language.
    expect(await domain.run(follow, { actor: fan.id, target: owner.id, languages: [] })).toMatchObject({
      showingShares: false,
      languages: null,
    });
  });

  it('notifies people, once for follows that come and go, and takes the notice back', async () => {
    const { owner, fan } = await pair();
    const since = domain.heard.length;
    await domain.run(follow, { actor: fan.id, target: owner.id });
    await domain.run(unfollow, { actor: fan.id, target: owner.id });
    const notices = domain.since(since).filter(({ type }) => type.startsWith('notification.'));
    expect(notices.map(({ type, topics }) => [type, topics])).toEqual([
      ['notification.created', [`account:${owner.id}`]],
      ['notification.dismissed', [`account:${owner.id}`]],
    ]);
  });
});

describe('to follow leads, by what is there and the access of the channel', () => {
  const table: readonly (readonly [State, Access, Outcome])[] = [
    ['stranger', 'open', 'subscribed'],
    ['stranger', 'authorize', 'pending'],
    ['stranger', 'whitelist', 'forbidden'],
    // A channel that opens grants what waits.
    ['pending', 'open', 'subscribed'],
    ['pending', 'authorize', 'pending'],
    ['pending', 'whitelist', 'pending'],
    ['subscribed', 'open', 'subscribed'],
    ['subscribed', 'authorize', 'subscribed'],
    ['subscribed', 'whitelist', 'subscribed'],
    ['outcast', 'open', 'forbidden'],
    ['outcast', 'authorize', 'forbidden'],
    ['outcast', 'whitelist', 'forbidden'],
    ['invited', 'open', 'subscribed'],
    ['invited', 'authorize', 'subscribed'],
    ['invited', 'whitelist', 'subscribed'],
    ['blocking', 'open', 'forbidden'],
    ['blocking', 'authorize', 'forbidden'],
    ['blocking', 'whitelist', 'forbidden'],
  ];
  it.for(table)('%s, %s: %s', async ([state, access, expected]) => {
    const { fan, channel } = await stand(state, access);
    expect(await outcome(fan, channel.id, domain.run(follow, { actor: fan.id, target: channel.id }))).toBe(expected);
    // Once more changes nothing.
    const since = domain.heard.length;
    expect(await outcome(fan, channel.id, domain.run(follow, { actor: fan.id, target: channel.id }))).toBe(expected);
    expect(told(since)).toEqual([]);
    const subscribed = (await relationship(fan.id, channel.id))?.following ? 1 : 0;
    expect(await counts(channel.id)).toEqual({ followers: subscribed, following: 0 });
    expect(await counts(fan.id)).toEqual({ followers: 0, following: subscribed });
  });
});

describe('nobody follows', () => {
  it('their own channel, or what is not there', async () => {
    const { owner } = await pair();
    const channel = await group(owner, 'open');
    const run = (target: number) => refusal(domain.run(follow, { actor: owner.id, target }));
    expect([await run(owner.id), await run(channel.id), await run(owner.channel), await run(1)]).toEqual([
      'forbidden',
      'forbidden',
      'not-found',
      'not-found',
    ]);
    expect(await refusal(domain.run(follow, { actor: 1, target: owner.id }))).toBe('unauthorized');
  });

  it('across a block, in either direction', async () => {
    const { owner, fan } = await pair();
    await domain.run(block, { actor: owner.id, target: fan.id, on: true });
    expect(await refusal(domain.run(follow, { actor: fan.id, target: owner.id }))).toBe('forbidden');
    expect(await refusal(domain.run(follow, { actor: owner.id, target: fan.id }))).toBe('forbidden');
    await domain.run(block, { actor: owner.id, target: fan.id, on: false });
    expect(await refusal(domain.run(follow, { actor: fan.id, target: owner.id }))).toBe('done');
  });
});
