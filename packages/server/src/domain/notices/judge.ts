import {
  type AccountRow,
  accounts,
  type Database,
  domainBlocks,
  follows,
  type NotificationType,
  notificationPermissions,
  numberOf,
  type PostRow,
  postFlags,
  posts,
  type RelationRow,
  relations,
  statement,
} from '../../state/index.ts';
import { stands } from '../community/parties.ts';
import type { NotificationPolicy, PolicyAnswer } from './messages.ts';
import { policyOf } from './policy.ts';

/** Something that an account may be told. */
export interface Notice {
  /** Who is told. */
  readonly account: number;
  readonly type: NotificationType;
  /** Who caused it. */
  readonly origin: number;
  /** What it is about: the post that mentions, was shared (not the share), favourited, edited. */
  readonly post?: number;
}

/** The policy's answer to each of these; the others are always wanted. */
const UNDER_POLICY: readonly NotificationType[] = ['mention', 'reblog', 'favourite', 'follow', 'follow_request'];
const DAY_MS = 86_400_000;
/** Mastodon's: an account is new for thirty days, a follower counts after three. */
const NEW_ACCOUNT_MS = 30 * DAY_MS;
const NEW_FOLLOWER_MS = 3 * DAY_MS;

const between = statement<{ one: number; other: number }>((db, { one, other }) =>
  db
    .selectFrom('relations')
    .selectAll()
    .where((is) =>
      is.or([
        is.and([is('account', '=', one), is('target', '=', other)]),
        is.and([is('account', '=', other), is('target', '=', one)]),
      ]),
    ),
);
const blockedNamed = statement<{ account: number; post: number; repliesTo: number }>(
  (db, { account, post, repliesTo }) =>
    db
      .selectFrom('relations')
      .select((is) => is.fn.countAll().as('n'))
      .where('account', '=', account)
      .where('kind', '=', 'block')
      .where((is) =>
        is.or([
          is('target', '=', repliesTo),
          is(
            'target',
            'in',
            is.selectFrom('post_mentions').select('post_mentions.account').where('post_mentions.post', '=', post),
          ),
        ]),
      ),
);
const writtenBefore = statement<{ thread: number; author: number; before: number }>((db, { thread, author, before }) =>
  db
    .selectFrom('posts')
    .select((is) => is.fn.countAll().as('n'))
    .where('thread', '=', thread)
    .where('author', '=', author)
    .where('id', '<', before),
);

/** Whether an account wants to be told: at once (`accept`), kept apart (`filter`), or not at all (`drop`). */
export async function judge(db: Database, now: number, notice: Notice): Promise<PolicyAnswer> {
  if (notice.account === notice.origin) return 'drop';
  const recipient = await accounts.get(db, { id: notice.account });
  const origin = await accounts.get(db, { id: notice.origin });
  if (!recipient || !origin || recipient.domain !== null || !stands(recipient)) return 'drop';
  const post = notice.post === undefined ? undefined : await posts.get(db, { id: notice.post });
  const found = await relations.find(db, between, { one: recipient.id, other: origin.id });
  if (found.some((relation) => forbids(relation, recipient.id, now))) return 'drop';
  if (post && (await isUnwanted(db, recipient.id, notice.type, post))) return 'drop';
  const following = await followSince(db, recipient.id, origin.channel);
  if (origin.domain !== null && following === undefined) {
    if (await domainBlocks.get(db, { account: recipient.id, domain: origin.domain })) return 'drop';
  }
  if (!UNDER_POLICY.includes(notice.type)) return 'accept';
  if (await notificationPermissions.get(db, { account: recipient.id, origin: origin.id })) return 'accept';
  return strictest(await refusals(db, now, { recipient, origin, post, type: notice.type, following }));
}

/** Blocks count in both directions, mutes only the recipient's own, while they last. */
function forbids({ kind, account, notifications, expires_at }: RelationRow, recipient: number, now: number): boolean {
  if (kind === 'block') return true;
  return account === recipient && notifications === 1 && (expires_at === null || expires_at > now);
}

/** A muted thread, or a mention beside somebody whom the recipient blocks. */
async function isUnwanted(db: Database, account: number, type: NotificationType, post: PostRow): Promise<boolean> {
  if ((await postFlags.get(db, { account, post: post.thread }))?.muted === 1) return true;
  if (type !== 'mention') return false;
  return (await numberOf(db, blockedNamed, { account, post: post.id, repliesTo: post.reply_to_account ?? 0 })) > 0;
}

async function followSince(db: Database, account: number, channel: number): Promise<number | undefined> {
  const follow = await follows.get(db, { channel, account });
  return follow?.state === 'subscribed' ? follow.created_at : undefined;
}

interface Case {
  readonly recipient: AccountRow;
  readonly origin: AccountRow;
  readonly post: PostRow | undefined;
  readonly type: NotificationType;
  /** Since when the recipient follows. */
  readonly following: number | undefined;
}

/** What the policy says to each of its parts that concerns the origin. Nobody is limited in this community so far. */
async function refusals(db: Database, now: number, of: Case): Promise<readonly PolicyAnswer[]> {
  const { recipient, origin, post, type, following } = of;
  const policy: NotificationPolicy = await policyOf(db, recipient.id);
  const answers: PolicyAnswer[] = [];
  if (following === undefined) {
    answers.push(policy.notFollowing);
    if (origin.created_at > now - NEW_ACCOUNT_MS) answers.push(policy.newAccounts);
    const unasked = type === 'mention' && post?.visibility === 'direct' && !(await isAnswer(db, recipient.id, post));
    if (unasked) answers.push(policy.privateMentions);
  }
  if (policy.notFollowers !== 'accept' && type !== 'follow_request') {
    const followed = await followSince(db, origin.id, recipient.channel);
    if (followed === undefined || followed > now - NEW_FOLLOWER_MS) answers.push(policy.notFollowers);
  }
  return answers;
}

/** Whether the recipient wrote in this thread before. */
async function isAnswer(db: Database, recipient: number, { thread, id }: PostRow): Promise<boolean> {
  return (await numberOf(db, writtenBefore, { thread, author: recipient, before: id })) > 0;
}

function strictest(answers: readonly PolicyAnswer[]): PolicyAnswer {
  return answers.includes('drop') ? 'drop' : answers.includes('filter') ? 'filter' : 'accept';
}
