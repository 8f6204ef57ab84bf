import type { CarillonError, Event } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  accountSnapshot,
  answerFollow,
  block,
  type ChannelSnapshot,
  createChannel,
  follow,
  followersOf,
  followingOf,
  followRequests,
  type Relationship,
  relationshipsWith,
  removeFollower,
  setAffiliation,
  unfollow,
  updateChannel,
  updateProfile,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const PAGE = { limit: 40 };

/** Accounts that no other test knows. */
async function people(many: number): Promise<readonly AccountView[]> {
  const made = [];
  for (let i = 0; i < many; i++) made.push(await domain.account(`person${++count}`));
  return made;
}

async function pair(): Promise<{ owner: AccountView; fan: AccountView }> {
  const [owner, fan] = await people(2);
  if (!owner || !fan) throw new Error('two were made');
  return { owner, fan };
}

function group(owner: AccountView, access: 'open' | 'authorize' | 'whitelist'): Promise<ChannelSnapshot> {
  return domain.run(createChannel, {
    actor: owner.id,
    slug: `group${++count}`,
    title: 'Group',
    description: '',
    access,
    defaultAffiliation: 'publisher',
  });
}

async function relationship(viewer: number, target: number): Promise<Relationship | undefined> {
  return (await domain.ask(relationshipsWith, { viewer, targets: [target] }))[0];
}

async function counts(id: number) {
  const account = await domain.ask(accountSnapshot, { id });
  return { followers: account?.followersCount, following: account?.followingCount };
}

/** Events of the follow kind since a number of them, as short facts. */
function told(since: number): readonly [string, readonly string[], unknown][] {
  return domain
    .since(since)
    .filter(({ type }) => /^(?:follow|affiliation)\./.test(type))
    .map(({ type, topics, data }) => [type, topics, data]);
}

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

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

function startOf(heard: readonly Event[], account: number): Event {
  const found = heard.findLast(({ type, routing }) => type === 'follow.started' && routing?.author === account);
  if (!found) throw new Error(`no follow by ${account} was announced`);
  return found;
}

type State = 'stranger' | 'pending' | 'subscribed' | 'outcast' | 'invited' | 'blocking';
type Access = ChannelSnapshot['access'];
type Outcome = 'subscribed' | 'pending' | 'none' | 'forbidden' | 'not-found';

/** A group that a fan stands to in this way. */
async function stand(state: State, access: Access) {
  const { owner, fan } = await pair();
  const channel = await group(owner, state === 'pending' ? 'authorize' : 'open');
  const target = channel.id;
  const affiliate = (affiliation: 'outcast' | 'member') =>
    domain.run(setAffiliation, { actor: owner.id, target: fan.id, channel: target, affiliation });
  if (state === 'pending' || state === 'subscribed') await domain.run(follow, { actor: fan.id, target });
  if (state === 'outcast') await affiliate('outcast');
  if (state === 'invited') await affiliate('member');
  if (state === 'blocking') await domain.run(block, { actor: fan.id, target, on: true });
  await domain.run(updateChannel, { actor: owner.id, channel: target, access });
  return { owner, fan, channel };
}

async function outcome(fan: AccountView, target: number, run: Promise<unknown>): Promise<string> {
  const code = await refusal(run);
  if (code !== 'done') return code;
  const found = await relationship(fan.id, target);
  return found?.following ? 'subscribed' : found?.requested ? 'pending' : 'none';
}

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

describe('a channel that must be asked', () => {
  const actions = {
    unfollow: (_: AccountView, fan: AccountView, target: number) => domain.run(unfollow, { actor: fan.id, target }),
    accept: (owner: AccountView, fan: AccountView, channel: number) =>
      domain.run(answerFollow, { actor: owner.id, target: fan.id, channel, accept: true }),
    deny: (owner: AccountView, fan: AccountView, channel: number) =>
      domain.run(answerFollow, { actor: owner.id, target: fan.id, channel, accept: false }),
    remove: (owner: AccountView, fan: AccountView, channel: number) =>
      domain.run(removeFollower, { actor: owner.id, target: fan.id, channel }),
  };
  const table: readonly (readonly [State, keyof typeof actions, Outcome, string | undefined])[] = [
    ['stranger', 'unfollow', 'none', undefined],
    ['stranger', 'accept', 'not-found', undefined],
    ['stranger', 'deny', 'not-found', undefined],
    ['stranger', 'remove', 'none', undefined],
    ['pending', 'unfollow', 'none', 'follow.ended'],
    ['pending', 'accept', 'subscribed', 'follow.started'],
    ['pending', 'deny', 'none', 'follow.denied'],
    ['pending', 'remove', 'none', 'follow.ended'],
    ['subscribed', 'unfollow', 'none', 'follow.ended'],
    ['subscribed', 'accept', 'subscribed', undefined],
    ['subscribed', 'deny', 'not-found', undefined],
    ['subscribed', 'remove', 'none', 'follow.ended'],
    ['outcast', 'unfollow', 'none', undefined],
    ['outcast', 'accept', 'not-found', undefined],
    ['outcast', 'deny', 'not-found', undefined],
    ['outcast', 'remove', 'none', undefined],
    ['invited', 'unfollow', 'none', undefined],
    ['invited', 'accept', 'not-found', undefined],
    ['invited', 'remove', 'none', undefined],
  ];
  it.for(table)('finds a %s who meets %s: %s, %s', async ([state, action, expected, type]) => {
    const { owner, fan, channel } = await stand(state, 'authorize');
    const since = domain.heard.length;
    expect(await outcome(fan, channel.id, actions[action](owner, fan, channel.id))).toBe(expected);
    expect(told(since).map(([name]) => name)).toEqual(type === undefined ? [] : [type]);
    const subscribed = (await relationship(fan.id, channel.id))?.following ? 1 : 0;
    expect(await counts(channel.id)).toEqual({ followers: subscribed, following: 0 });
    expect(await counts(fan.id)).toEqual({ followers: 0, following: subscribed });
    if (state === 'outcast') {
      expect(await refusal(domain.run(follow, { actor: fan.id, target: channel.id }))).toBe('forbidden');
    }
  });

  it('tells its staff alone who asks, and they alone hear the end of it', async () => {
    const { owner, fan } = await pair();
    const [helper, stranger] = await people(2);
    const channel = await group(owner, 'authorize');
    const affiliate = { actor: owner.id, target: helper?.id ?? 0, channel: channel.id };
    await domain.run(setAffiliation, { ...affiliate, affiliation: 'moderator' });
    const staff = [`account:${owner.id}`, `account:${helper?.id}`];
    const facts = { account: fan.id, channel: channel.id };

    const since = domain.heard.length;
    await domain.run(follow, { actor: fan.id, target: channel.id });
    expect(told(since)).toEqual([['follow.requested', staff, facts]]);
    const notices = domain.since(since).filter(({ type }) => type === 'notification.created');
    expect(notices.flatMap(({ topics }) => topics)).toEqual(staff);
    for (const viewer of [owner.id, helper?.id ?? 0]) {
      const waiting = await domain.ask(followRequests, { viewer, page: PAGE });
      expect(waiting.map(({ item }) => item.id)).toEqual([fan.id]);
    }
    expect(await domain.ask(followRequests, { viewer: stranger?.id ?? 0, page: PAGE })).toEqual([]);
    const answer = { target: fan.id, channel: channel.id, accept: true };
    expect(await refusal(domain.run(answerFollow, { ...answer, actor: stranger?.id ?? 0 }))).toBe('forbidden');
    expect(await refusal(domain.run(answerFollow, { ...answer, actor: fan.id }))).toBe('forbidden');

    const denied = domain.heard.length;
    // No channel is named: the moderator's own has no such request.
    await domain.run(answerFollow, { actor: helper?.id ?? 0, target: fan.id, accept: false });
    expect(told(denied)).toEqual([['follow.denied', [`account:${fan.id}`, ...staff], facts]]);
    const dismissed = domain.since(denied).filter(({ type }) => type === 'notification.dismissed');
    expect(dismissed.flatMap(({ topics }) => topics).toSorted()).toEqual(staff.toSorted());
    expect(await domain.ask(followRequests, { viewer: owner.id, page: PAGE })).toEqual([]);
  });

  it('delivers nothing from before the approval, whatever was asked earlier', async () => {
    const { owner, fan } = await pair();
    await domain.run(updateProfile, { actor: owner.id, profile: { locked: true } });
    await domain.run(follow, { actor: fan.id, target: owner.id, languages: ['en'] });
    const asked = domain.heard.at(-1)?.position ?? 0;
    await domain.run(answerFollow, { actor: owner.id, target: fan.id, accept: true });
    const started = startOf(domain.heard, owner.id);

    expect(started.position).toBeGreaterThan(asked);
    expect(started.topics).toEqual([`account:${fan.id}`, `channel-meta:${owner.channel}`]);
    // Its options were asked for with it, and where it began is what a later change of options names.
    const since = domain.heard.length;
    await domain.run(follow, { actor: fan.id, target: owner.id, notify: true });
    expect(told(since)[0]?.[2]).toMatchObject({ languages: ['en'], notify: true, since: started.position });
  });

  it('grants what waits when it opens', async () => {
    const { owner, fan } = await pair();
    await domain.run(updateProfile, { actor: owner.id, profile: { locked: true } });
    await domain.run(follow, { actor: fan.id, target: owner.id });
    expect(await relationship(owner.id, fan.id)).toMatchObject({ requestedBy: true, followedBy: false });
    await domain.run(updateProfile, { actor: owner.id, profile: { locked: false } });
    expect(await relationship(owner.id, fan.id)).toMatchObject({ requestedBy: false, followedBy: true });
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

describe('an affiliation', () => {
  it('is given by owners and moderators, who is told, and outcasts lose their subscription', async () => {
    const { owner, fan } = await pair();
    const channel = await group(owner, 'open');
    await domain.run(follow, { actor: fan.id, target: channel.id });
    const since = domain.heard.length;
    const wanted = { target: fan.id, channel: channel.id, affiliation: 'outcast' } as const;
    await domain.run(setAffiliation, { actor: owner.id, ...wanted });
    await domain.run(setAffiliation, { actor: owner.id, ...wanted });

    const facts = { account: fan.id, channel: channel.id };
    expect(told(since)).toEqual([
      ['follow.ended', [`account:${fan.id}`, `channel-meta:${channel.id}`], facts],
      ['affiliation.changed', [`account:${fan.id}`, `account:${owner.id}`], { ...facts, affiliation: 'outcast' }],
    ]);
    expect(await counts(channel.id)).toEqual({ followers: 0, following: 0 });
    await domain.run(setAffiliation, { actor: owner.id, ...wanted, affiliation: 'none' });
    expect(await refusal(domain.run(follow, { actor: fan.id, target: channel.id }))).toBe('done');
  });

  it('is out of reach for those below', async () => {
    const { owner, fan } = await pair();
    const [helper = owner, other = owner] = await people(2);
    const channel = await group(owner, 'open');
    const give = (actor: AccountView, target: AccountView, affiliation: 'owner' | 'moderator' | 'publisher' | 'none') =>
      refusal(domain.run(setAffiliation, { actor: actor.id, target: target.id, channel: channel.id, affiliation }));

    expect(await give(owner, helper, 'moderator')).toBe('done');
    expect(await give(helper, fan, 'publisher')).toBe('done');
    expect(await give(helper, fan, 'moderator')).toBe('forbidden');
    expect(await give(helper, helper, 'none')).toBe('forbidden');
    expect(await give(helper, owner, 'none')).toBe('forbidden');
    expect(await give(fan, other, 'publisher')).toBe('forbidden');
    expect(await give(owner, owner, 'none')).toBe('forbidden');
    // A moderator who only stops reading stays one.
    await domain.run(follow, { actor: helper.id, target: channel.id });
    await domain.run(unfollow, { actor: helper.id, target: channel.id });
    expect(await give(helper, fan, 'none')).toBe('done');
  });
});
