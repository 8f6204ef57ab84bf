import { afterAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  answerFollow,
  follow,
  followRequests,
  removeFollower,
  setAffiliation,
  unfollow,
  updateProfile,
} from '../index.ts';
import { type Outcome, openRelations, refusal, type State, startOf } from './testing/open-relations.ts';

const opened = await openRelations();
const { domain, people, pair, group, relationship, counts, told, stand, outcome } = opened;
afterAll(() => opened.domain[Symbol.asyncDispose]());

const PAGE = { limit: 40 };

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
