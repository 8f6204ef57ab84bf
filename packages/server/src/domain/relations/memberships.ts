import {
  type Affiliation,
  accounts,
  accountTopic,
  announce,
  type CommandContext,
  channelMetaTopic,
  channels,
  type Database,
  type FollowRow,
  follows,
  readMarks,
} from '../../state/index.ts';
import { noticeFollow, noticeRequest, withdrawFollow, withdrawRequest } from './follow-notices.ts';
import { leaveLists } from './list-members.ts';
import { announceEnd, announceStart, header, type Membership } from './membership-events.ts';
import { staffOf } from './staff.ts';

export interface FollowOptions {
  /** Whether shares by the channel's owner are wanted. */
  readonly shares?: boolean;
  /** Whether each post is to be notified. */
  readonly notify?: boolean;
  /** Null for all languages. */
  readonly languages?: readonly string[] | null;
}

/** A subscription that begins now: the row, its event, and the counts, in one commit. */
export async function startFollow(
  context: CommandContext,
  membership: Membership,
  row: FollowRow,
  affiliation: Affiliation,
): Promise<FollowRow> {
  const fresh = { id: context.nextId(), created_at: context.now };
  const started: FollowRow = { ...row, ...fresh, state: 'subscribed', affiliation };
  const topics = [accountTopic(row.account), channelMetaTopic(row.channel)];
  const since = announceStart(context, membership, started, topics);
  const stored = { ...started, since_position: since };
  await follows.put(context.db, stored);
  await count(context.db, membership, 1);
  if (row.state === 'pending') await withdrawRequest(context, await staffOf(context.db, row.channel), row.account);
  await noticeFollow(context, membership.channel, row.account);
  return stored;
}

/** The same subscription with other options: it keeps where it began. */
export async function changeFollow(
  context: CommandContext,
  membership: Membership,
  before: FollowRow,
  options: FollowOptions,
): Promise<FollowRow> {
  const row = withOptions(before, options);
  if (row.shares === before.shares && row.notify === before.notify && row.languages === before.languages) return row;
  await follows.put(context.db, row);
  if (row.state === 'subscribed') {
    announceStart(context, membership, row, [accountTopic(row.account)], before.since_position);
  }
  return row;
}

/** Waits for an answer by the channel's staff, who are told. */
export async function requestFollow(context: CommandContext, membership: Membership, row: FollowRow): Promise<void> {
  const staff = await staffOf(context.db, row.channel);
  const position = announce(context, {
    ...header(membership),
    type: 'follow.requested',
    topics: staff.map(accountTopic),
    data: { account: row.account, channel: row.channel },
  });
  await follows.put(context.db, { ...row, state: 'pending', since_position: position });
  await noticeRequest(context, staff, row.account);
}

/**
 * Ends a subscription or takes a request back, and leaves the member's lists; what is left of the row is an
 * affiliation that stands by itself.
 */
export async function endFollow(
  context: CommandContext,
  membership: Membership,
  row: FollowRow,
  left: Affiliation = row.affiliation,
): Promise<void> {
  if (row.state === 'subscribed') {
    announceEnd(context, membership, 'follow.ended', [channelMetaTopic(row.channel)]);
    await leave(context.db, row, left);
    await count(context.db, membership, -1);
    await leaveLists(context, row);
    await withdrawFollow(context, membership.channel, row.account);
  } else {
    await closeRequest(context, membership, row, left, 'follow.ended');
  }
}

/** A request that the channel's staff turns down. */
export async function denyFollow(context: CommandContext, membership: Membership, row: FollowRow): Promise<void> {
  await closeRequest(context, membership, row, row.affiliation, 'follow.denied');
}

/** Only those hear of it who heard of the request. */
async function closeRequest(
  context: CommandContext,
  membership: Membership,
  row: FollowRow,
  left: Affiliation,
  type: 'follow.ended' | 'follow.denied',
): Promise<void> {
  const staff = await staffOf(context.db, row.channel);
  announceEnd(context, membership, type, staff.map(accountTopic));
  await leave(context.db, row, left);
  await withdrawRequest(context, staff, row.account);
}

/** A row for somebody who has none yet. */
export function newFollow(
  context: CommandContext,
  account: number,
  channel: number,
  options: FollowOptions,
): FollowRow {
  const row: FollowRow = {
    channel,
    account,
    state: 'none',
    affiliation: 'none',
    since_position: 0,
    id: context.nextId(),
    shares: 1,
    notify: 0,
    languages: null,
    created_at: context.now,
  };
  return withOptions(row, options);
}

export function withOptions(row: FollowRow, { shares, notify, languages }: FollowOptions): FollowRow {
  return {
    ...row,
    shares: shares === undefined ? row.shares : Number(shares),
    notify: notify === undefined ? row.notify : Number(notify),
    languages: languages === undefined ? row.languages : languagesText(languages),
  };
}

function languagesText(languages: readonly string[] | null): string | null {
  return languages === null || languages.length === 0 ? null : JSON.stringify(languages);
}

/** What stands without a subscription: owners and moderators may only stop reading. */
const STANDING: readonly Affiliation[] = ['owner', 'moderator', 'outcast'];

async function leave(db: Database, row: FollowRow, left: Affiliation): Promise<void> {
  await readMarks.remove(db, row);
  if (STANDING.includes(left)) await follows.put(db, { ...row, state: 'none', affiliation: left });
  else await follows.remove(db, row);
}

async function count(db: Database, { account, channel }: Membership, by: 1 | -1): Promise<void> {
  if (account === channel.owner) return;
  const row = await channels.get(db, { id: channel.id });
  if (row) await channels.put(db, { ...row, followers_count: row.followers_count + by });
  const follower = await accounts.get(db, { id: account });
  if (follower) await accounts.put(db, { ...follower, following_count: follower.following_count + by });
}
