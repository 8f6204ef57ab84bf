import * as z from 'zod';
import {
  type NotificationPolicy,
  type NotificationSnapshot,
  notificationPolicy,
  notificationsOf,
  setNotificationPolicy,
} from '../../../domain/index.ts';
import { type Call, flag, type Rest, user } from '../http/index.ts';

const READ = user('read:notifications');
const WRITE = user('write:notifications');
/** Held back notifications beyond this are not counted. */
const MOST_COUNTED = 1_000;

const answer = z.enum(['accept', 'filter', 'drop'], 'is not included in the list').optional();
const policyFields = z.object({
  for_not_following: answer,
  for_not_followers: answer,
  for_new_accounts: answer,
  for_private_mentions: answer,
  for_limited_accounts: answer,
});
const filterFields = z.object({
  filter_not_following: flag,
  filter_not_followers: flag,
  filter_new_accounts: flag,
  filter_private_mentions: flag,
});

/** Who may notify (docs.joinmastodon.org/methods/notifications, “policy” and “requests”). */
export function notificationPolicyRoutes(rest: Rest): void {
  rest.get('/api/v2/notifications/policy', READ, async (call) => show(call, await policyOf(call)));
  rest.on('PATCH', '/api/v2/notifications/policy', WRITE, async (call) => {
    const asked = await call.input(policyFields);
    return show(
      call,
      await change(call, {
        notFollowing: asked.for_not_following,
        notFollowers: asked.for_not_followers,
        newAccounts: asked.for_new_accounts,
        privateMentions: asked.for_private_mentions,
        limitedAccounts: asked.for_limited_accounts,
      }),
    );
  });
  rest.get('/api/v1/notifications/policy', READ, async (call) => showFirst(call, await policyOf(call)));
  rest.put('/api/v1/notifications/policy', WRITE, async (call) => {
    const asked = await call.input(filterFields);
    const word = (on: boolean | undefined) => (on === undefined ? undefined : on ? 'filter' : 'accept');
    return showFirst(
      call,
      await change(call, {
        notFollowing: word(asked.filter_not_following),
        notFollowers: word(asked.filter_not_followers),
        newAccounts: word(asked.filter_new_accounts),
        privateMentions: word(asked.filter_private_mentions),
      }),
    );
  });
}

type Wish = { readonly [Name in keyof NotificationPolicy]?: NotificationPolicy[Name] | undefined };

function policyOf(call: Call<number>): Promise<NotificationPolicy> {
  return call.query(notificationPolicy, { viewer: call.viewer });
}

function change(call: Call<number>, wish: Wish): Promise<NotificationPolicy> {
  // Only what was said.
  const policy = Object.fromEntries(Object.entries(wish).filter(([, word]) => word !== undefined));
  return call.run(setNotificationPolicy, { actor: call.viewer, policy });
}

async function show(call: Call<number>, policy: NotificationPolicy) {
  return {
    for_not_following: policy.notFollowing,
    for_not_followers: policy.notFollowers,
    for_new_accounts: policy.newAccounts,
    for_private_mentions: policy.privateMentions,
    for_limited_accounts: policy.limitedAccounts,
    summary: await summaryOf(call),
  };
}

async function showFirst(call: Call<number>, policy: NotificationPolicy) {
  return {
    filter_not_following: policy.notFollowing !== 'accept',
    filter_not_followers: policy.notFollowers !== 'accept',
    filter_new_accounts: policy.newAccounts !== 'accept',
    filter_private_mentions: policy.privateMentions !== 'accept',
    summary: await summaryOf(call),
  };
}

async function summaryOf(call: Call<number>) {
  const held = await heldBack(call);
  return {
    pending_requests_count: new Set(held.map(({ from }) => from.id)).size,
    pending_notifications_count: held.length,
  };
}

/** What the policy keeps apart, newest first. */
export function heldBack(call: Call<number>, from?: number): Promise<readonly NotificationSnapshot[]> {
  return call.query(notificationsOf, {
    viewer: call.viewer,
    page: { limit: MOST_COUNTED },
    onlyFiltered: true,
    ...(from === undefined ? {} : { from }),
  });
}
