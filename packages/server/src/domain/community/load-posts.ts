import { sql } from 'kysely';
import {
  type AccountSnapshot,
  type ChannelRow,
  type ChannelSnapshot,
  type Database,
  type MediaSnapshot,
  type MentionSnapshot,
  type PostRow,
  type PostSnapshot,
  type PostView,
  postMentions,
  posts,
  statement,
} from '../../state/index.ts';
import { loadAccounts, loadChannels, loadMedia } from './load-accounts.ts';
import { loadFlags } from './load-flags.ts';

const postsByIds = statement<{ ids: string }>((db, { ids }) =>
  db.selectFrom('posts').selectAll().where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`),
);
const mentionsOf = statement<{ posts: string }>((db, { posts }) =>
  db
    .selectFrom('post_mentions')
    .selectAll()
    .where('post', 'in', sql<number>`(SELECT value FROM json_each(${posts}))`)
    .orderBy('post')
    .orderBy('account'),
);

/**
 * Posts as one viewer would be shown them, by their ids, in as many statements for a thousand as for one. Whether the
 * viewer may see them is not asked; what does not exist is left out. Viewer null is nobody in particular.
 */
export async function loadPosts(
  db: Database,
  viewer: number | null,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, PostView>> {
  const views = await viewPosts(db, viewer, await loadPostRows(db, ids));
  return new Map(views.map((view) => [view.post.id, view]));
}

/** The same for rows that were read already, in their order; shares of what is gone are left out. */
export async function viewPosts(
  db: Database,
  viewer: number | null,
  rows: readonly PostRow[],
): Promise<readonly PostView[]> {
  const snapshots = await snapshotPosts(db, rows);
  if (viewer === null) return snapshots.map((post) => ({ post }));
  const all = snapshots.flatMap((post) => (post.shared ? [post, post.shared] : [post]));
  const flagsOf = await loadFlags(db, viewer, all);
  return snapshots.map((post) => ({
    post,
    flags: flagsOf(post),
    ...(post.shared ? { sharedFlags: flagsOf(post.shared) } : {}),
  }));
}

export async function snapshotPosts(db: Database, rows: readonly PostRow[]): Promise<readonly PostSnapshot[]> {
  if (rows.length === 0) return [];
  const shared = await loadPostRows(
    db,
    rows.map((row) => row.shared).filter((id) => id !== null),
  );
  const all = [...rows, ...shared];
  const facts = await loadFacts(db, all);
  const inside = new Map(shared.map((row) => [row.id, snapshotOf(row, null, facts)]));
  return rows.flatMap((row) => {
    if (row.shared === null) return [snapshotOf(row, null, facts)];
    const post = inside.get(row.shared);
    return post ? [snapshotOf(row, post, facts)] : [];
  });
}

/** In no order; what does not exist is left out. */
async function loadPostRows(db: Database, ids: Iterable<number>): Promise<readonly PostRow[]> {
  const wanted = [...new Set(ids)];
  return wanted.length === 0 ? [] : posts.find(db, postsByIds, { ids: JSON.stringify(wanted) });
}

/** By their posts; accounts and group channels, ascending. */
export async function loadMentions(
  db: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = await postMentions.find(db, mentionsOf, { posts: JSON.stringify(ids) });
  return new Map([...Map.groupBy(rows, ({ post }) => post)].map(([id, of]) => [id, of.map(({ account }) => account)]));
}

interface Facts {
  readonly accounts: ReadonlyMap<number, AccountSnapshot>;
  readonly channels: ReadonlyMap<number, ChannelRow>;
  readonly media: ReadonlyMap<number, MediaSnapshot>;
  readonly mentions: ReadonlyMap<number, readonly number[]>;
}

async function loadFacts(db: Database, rows: readonly PostRow[]): Promise<Facts> {
  const mentions = await loadMentions(
    db,
    rows.map(({ id }) => id),
  );
  return {
    mentions,
    accounts: await loadAccounts(db, [...rows.map(({ author }) => author), ...[...mentions.values()].flat()]),
    channels: await loadChannels(db, [...new Set(rows.map(({ channel }) => channel))]),
    media: await loadMedia(db, rows.flatMap(mediaOf)),
  };
}

function mediaOf(row: Pick<PostRow, 'media'>): readonly number[] {
  return JSON.parse(row.media);
}

function snapshotOf(row: PostRow, shared: PostSnapshot | null, facts: Facts): PostSnapshot {
  const author = facts.accounts.get(row.author);
  const channel = facts.channels.get(row.channel);
  if (!author || !channel) throw new Error(`post ${row.id} has lost its author or its channel`);
  return {
    id: row.id,
    kind: row.kind,
    author,
    channel: channelSnapshotOf(channel),
    node: row.node,
    topic: row.topic,
    visibility: row.visibility,
    replyTo:
      row.reply_to === null || row.reply_to_account === null
        ? null
        : { id: row.reply_to, account: row.reply_to_account },
    thread: row.thread,
    language: row.language,
    sensitive: row.sensitive === 1,
    warning: row.warning,
    source: { format: row.source_format, text: row.source },
    html: row.html,
    text: row.text,
    tags: JSON.parse(row.tags),
    mentions: (facts.mentions.get(row.id) ?? []).flatMap((id) => mentionOf(facts.accounts.get(id))),
    media: mediaOf(row).flatMap((id) => facts.media.get(id) ?? []),
    repliesCount: row.replies_count,
    sharesCount: row.shares_count,
    favouritesCount: row.favourites_count,
    application: row.application === null ? null : { name: row.application, website: row.application_website },
    origin: row.origin,
    shared,
    createdAt: row.created_at,
    editedAt: row.edited_at,
  };
}

export function channelSnapshotOf({ id, kind, slug, title, access }: ChannelRow): ChannelSnapshot {
  return { id, kind, slug, title, access };
}

function mentionOf(account: AccountSnapshot | undefined): readonly MentionSnapshot[] {
  if (!account) return [];
  const { id, name, domain, kind, displayName, url } = account;
  return [{ id, name, domain, kind, displayName, url }];
}
