import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  createChannel,
  deleteAccount,
  follow,
  followSettingsOf,
  setTopicPolicy,
  topicPoliciesOf,
  UNSAID_FOLLOW_SETTINGS,
  unfollow,
  updateSubscription,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = () => domain.account(`person${++count}`);
const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );
const group = (owner: AccountView, access: 'open' | 'authorize' = 'open') =>
  domain.run(createChannel, {
    ...{ actor: owner.id, slug: `group${++count}`, title: '', description: '', access },
    defaultAffiliation: 'publisher',
  });

describe('what an account says of a channel that it follows', () => {
  it('is told to it alone, with what changed, and outlasts the follow', async () => {
    const [owner, reader] = [await person(), await person()];
    const { id: channel } = await group(owner);
    const set = (settings: object) => domain.run(updateSubscription, { actor: reader.id, channel, settings });

    expect(await refusal(set({ muted: true }))).toBe('not-found');
    await domain.run(follow, { actor: reader.id, target: channel });
    const since = domain.heard.length;
    await set({ muted: true, pinned: false });
    await set({ color: '#c2726a', push: false });
    await set({ color: '#c2726a' });
    const topics = [`account:${reader.id}`];
    const common = { account: reader.id, channel };
    const first = { ...UNSAID_FOLLOW_SETTINGS, muted: true };
    const second = { ...first, color: '#c2726a', push: false };
    expect(domain.since(since)).toEqual([
      { type: 'subscription.updated', topics, data: { ...common, settings: first, changed: ['muted'] } },
      { type: 'subscription.updated', topics, data: { ...common, settings: second, changed: ['color', 'push'] } },
    ]);

    await domain.run(unfollow, { actor: reader.id, target: channel });
    expect(await domain.ask(followSettingsOf, { account: reader.id })).toEqual([{ channel, ...second }]);
    expect(await domain.ask(followSettingsOf, { account: owner.id })).toEqual([]);
  });

  it.for<object>([{ color: 'red' }, { color: '#c2726a\n' }, { muted: null }, { push: 1 }, { sound: true }])(
    'is not %o',
    async (settings) => {
      const owner = await person();

      const run = domain.run(updateSubscription, { actor: owner.id, channel: owner.channel, settings });

      expect(await refusal(run)).toBe('unprocessable');
    },
  );
});

describe('a policy on a topic', () => {
  it('knows a topic by its letters, not by their case, and is taken back by none', async () => {
    const [owner, reader] = [await person(), await person()];
    const { id: channel } = await group(owner);
    const since = domain.heard.length;
    const set = (topic: string, policy: 'none' | 'muted' | 'followed') =>
      domain.run(setTopicPolicy, { actor: reader.id, channel, topic, policy });

    await set('Balcony', 'muted');
    await set(' balcony', 'muted');
    await set('BALCONY', 'followed');
    await set('tomb', 'none');
    const common = { account: reader.id, channel, topic: 'Balcony' };
    const told = () => domain.since(since).map(({ type, topics, data }) => [type, topics, data]);
    const event = (policy: string) => [
      'topic-policy.changed',
      [`account:${reader.id}`],
      { ...common, policy, updatedAt: expect.any(Number) },
    ];
    expect(told()).toEqual([event('muted'), event('followed')]);
    expect(await domain.ask(topicPoliciesOf, { account: reader.id })).toMatchObject([
      { ...common, policy: 'followed' },
    ]);

    await set('balcony', 'none');
    expect(told()).toEqual([event('muted'), event('followed'), event('none')]);
    expect(await domain.ask(topicPoliciesOf, { account: reader.id })).toEqual([]);
  });

  it('is set where the account may read, and taken back anywhere', async () => {
    const [owner, reader] = [await person(), await person()];
    const closed = await group(owner, 'authorize');
    const set = (actor: AccountView, channel: number, policy: 'none' | 'muted' = 'muted') =>
      refusal(domain.run(setTopicPolicy, { actor: actor.id, channel, topic: 'tomb', policy }));

    expect([await set(reader, closed.id), await set(reader, closed.id, 'none'), await set(reader, 1)]).toEqual([
      'not-found',
      'not-found',
      'not-found',
    ]);
    expect(await set(owner, closed.id)).toBe('done');
    await domain.run(unfollow, { actor: owner.id, target: closed.id });
    expect(await set(owner, closed.id, 'none')).toBe('done');
  });
});

it('goes with its account', async () => {
  const [owner, reader] = [await person(), await person()];
  await domain.run(follow, { actor: reader.id, target: owner.id });
  const settings = { muted: true };
  for (const actor of [owner.id, reader.id]) {
    await domain.run(updateSubscription, { actor, channel: owner.channel, settings });
    await domain.run(setTopicPolicy, { actor, channel: owner.channel, topic: 'x', policy: 'muted' });
  }

  const entry = { actor: 'test', action: 'accounts.delete', target: '' };
  expect(await domain.run(deleteAccount, { input: { account: owner.id }, entry })).toBe(true);
  for (const account of [owner.id, reader.id]) {
    expect(await domain.ask(followSettingsOf, { account })).toEqual([]);
    expect(await domain.ask(topicPoliciesOf, { account })).toEqual([]);
  }
});
