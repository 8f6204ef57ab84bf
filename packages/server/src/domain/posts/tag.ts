import { sql } from 'kysely';
import { type Database, followedTags, type Message, numbersOf, statement } from '../../state/index.ts';
import { normalizeTag } from '../body/tags.ts';
import { type TagView, tagByName } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const DAY_MS = 86_400_000;
const DAYS = 7;
/** Ids hold the milliseconds since 2020 above twelve bits (`packages/core`, `Event.id`). */
const IDS_FROM_MS = Date.UTC(2020, 0, 1);
const IDS_PER_MS = 4_096;

interface Use {
  readonly tags: string;
  /** JSON list of first ids of days. */
  readonly days: string;
  readonly length: number;
}

/** For each tag and day, tags first: how many public posts, by how many accounts. */
const uses = usesCounting(sql`posts.id`);
const users = usesCounting(sql`posts.author`);

function usesCounting(what: ReturnType<typeof sql>) {
  return statement<Use>((db, { tags, days, length }) => ({
    compile: () =>
      sql`SELECT (SELECT count(DISTINCT ${what}) FROM post_tags JOIN posts ON posts.id = post_tags.post
          WHERE post_tags.tag = named.value AND post_tags.post >= day.value AND post_tags.post < day.value + ${length}
            AND posts.visibility = 'public') AS n
        FROM json_each(${tags}) AS named CROSS JOIN json_each(${days}) AS day
        ORDER BY named.key, day.key`.compile(db),
  }));
}

export const tagQueries = {
  [tagByName.name]: async (db: Database, { viewer, tag }: Input<typeof tagByName>): Promise<TagView> => {
    const name = normalizeTag(tag);
    const [view] = await viewTags(db, viewer, [name]);
    if (!view) throw new Error('there is a view of every tag');
    return view;
  },
};

/** Normalised tags as they are shown, with the use of the last seven days. */
export async function viewTags(
  db: Database,
  viewer: number | null,
  names: readonly string[],
): Promise<readonly TagView[]> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const days = Array.from({ length: DAYS }, (_, back) => today - back * DAY_MS);
  const values = {
    tags: JSON.stringify(names),
    days: JSON.stringify(days.map((day) => (day - IDS_FROM_MS) * IDS_PER_MS)),
    length: DAY_MS * IDS_PER_MS,
  };
  const used = await numbersOf(db, uses, values);
  const by = await numbersOf(db, users, values);
  const followed = viewer === null ? new Set() : await followedOf(db, viewer, names);
  return names.map((name, index) => ({
    name,
    following: followed.has(name),
    history: days.map((day, back) => ({
      day: day / 1_000,
      uses: used[index * DAYS + back] ?? 0,
      accounts: by[index * DAYS + back] ?? 0,
    })),
  }));
}

const followedAmong = statement<{ viewer: number; tags: string }>((db, { viewer, tags }) =>
  db
    .selectFrom('followed_tags')
    .selectAll()
    .where('account', '=', viewer)
    .where('tag', 'in', sql<string>`(SELECT value FROM json_each(${tags}))`),
);

async function followedOf(db: Database, viewer: number, names: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await followedTags.find(db, followedAmong, { viewer, tags: JSON.stringify(names) });
  return new Set(rows.map(({ tag }) => tag));
}
