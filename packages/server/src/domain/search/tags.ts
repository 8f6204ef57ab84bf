import { sql } from 'kysely';
import { computed, type Database, firstIdOf, followedTags, statement } from '../../state/index.ts';
import { normalizeTag } from '../body/tags.ts';
import { NOBODY } from '../posts/access.ts';
import type { SearchQuery, TagView } from '../posts/messages.ts';

const DAY_MS = 86_400_000;
const DAYS = 7;
/** Sorts behind every letter. */
const LAST = '\u{10ffff}';

/** Only tags that somebody used in public; most used first. */
const beginning = statement<{ from: string; to: string; limit: number; offset: number }>(
  (db, { from, to, limit, offset }) =>
    db
      .selectFrom('post_tags')
      .innerJoin('posts', 'posts.id', 'post_tags.post')
      .select('post_tags.tag as tag')
      .where('post_tags.tag', '>=', from)
      .where('post_tags.tag', '<', to)
      .where('posts.visibility', '=', 'public')
      .groupBy('post_tags.tag')
      .orderBy((is) => is.fn.countAll(), 'desc')
      .orderBy('post_tags.tag')
      .limit(limit)
      .offset(offset),
);
const daily = statement<{ tags: string; since: number; from: number }>((db, { tags, since, from }) =>
  db
    .selectFrom('post_tags')
    .innerJoin('posts', 'posts.id', 'post_tags.post')
    .select(['post_tags.tag as tag', sql<number>`posts.created_at / ${sql.lit(DAY_MS)}`.as('day')])
    .select((is) => is.fn.countAll().as('uses'))
    .select((is) => is.fn.count('posts.author').distinct().as('accounts'))
    .where('post_tags.tag', 'in', sql<string>`(SELECT value FROM json_each(${tags}))`)
    .where('posts.visibility', '=', 'public')
    // Ids are given when posts arrive, which is never before they were written.
    .where('post_tags.post', '>=', from)
    .where('posts.created_at', '>=', since)
    .groupBy(['tag', 'day']),
);
const followed = statement<{ account: number; tags: string }>((db, { account, tags }) =>
  db
    .selectFrom('followed_tags')
    .selectAll()
    .where('account', '=', account)
    .where('tag', 'in', sql<string>`(SELECT value FROM json_each(${tags}))`),
);

export async function findTags(
  db: Database,
  { viewer, text, limit, offset }: SearchQuery,
): Promise<readonly TagView[]> {
  const from = normalizeTag(text.trim().replace(/^#/u, ''));
  if (from === '') return [];
  const rows = await computed(db, beginning, { from, to: `${from}${LAST}`, limit, offset });
  return viewTags(
    db,
    viewer,
    rows.map(({ tag }) => String(tag)),
  );
}

/** By its normal name, also when nobody has used it. */
export async function viewTag(db: Database, viewer: number | null, written: string): Promise<TagView> {
  const [view] = await viewTags(db, viewer, [normalizeTag(written)]);
  if (!view) throw new Error('a tag has one view');
  return view;
}

export async function viewTags(
  db: Database,
  viewer: number | null,
  names: readonly string[],
): Promise<readonly TagView[]> {
  const tags = JSON.stringify(names);
  const today = Math.floor(Date.now() / DAY_MS);
  const since = (today - DAYS + 1) * DAY_MS;
  const uses = new Map(
    (await computed(db, daily, { tags, since, from: firstIdOf(since) })).map((row) => [
      `${Number(row['day'])} ${String(row['tag'])}`,
      { uses: Number(row['uses']), accounts: Number(row['accounts']) },
    ]),
  );
  const own = await followedTags.find(db, followed, { account: viewer ?? NOBODY, tags });
  const following = new Set(own.map(({ tag }) => tag));
  const days = Array.from({ length: DAYS }, (_, back) => today - back);
  return names.map((name) => ({
    name,
    following: following.has(name),
    history: days.map((day) => ({
      day: (day * DAY_MS) / 1000,
      uses: 0,
      accounts: 0,
      ...uses.get(`${day} ${name}`),
    })),
  }));
}
