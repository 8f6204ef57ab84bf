import { sql } from 'kysely';
import {
  type CommandContext,
  type Database,
  type FollowRow,
  follows,
  movedPosts,
  numbersOf,
  type PostFlagsRow,
  type PostRow,
  postFlags,
  readMarks,
  statement,
} from '../../state/index.ts';
import { EXCEPTION } from './unread-rows.ts';

/** Posts behind a mark that one look takes in. */
const WINDOW = 256;
/** Looks of one command at one channel. */
const MAX_LOOKS = 8;
/** So many exceptions are worth it to move a mark over what is unread, which becomes the exception. */
const WORTH_IT = 64;
const WORTH_TIMES = 4;

const ofPosts = statement<{ posts: string }>((db, { posts }) =>
  db.selectFrom('moved_posts').selectAll().where('post', 'in', sql<number>`(SELECT value FROM json_each(${posts}))`),
);
const bondsOf = statement<{ account: number; channels: string }>((db, { account, channels }) =>
  db
    .selectFrom('follows')
    .selectAll()
    .where('account', '=', account)
    .where('channel', 'in', sql<number>`(SELECT value FROM json_each(${channels}))`)
    .where('state', '=', 'subscribed'),
);
const marksOf = statement<{ account: number; channels: string }>((db, { account, channels }) =>
  db
    .selectFrom('read_marks')
    .selectAll()
    .where('account', '=', account)
    .where('channel', 'in', sql<number>`(SELECT value FROM json_each(${channels}))`),
);
const flagsOf = statement<{ account: number; posts: string }>((db, { account, posts }) =>
  db
    .selectFrom('post_flags')
    .selectAll()
    .where('account', '=', account)
    .where('post', 'in', sql<number>`(SELECT value FROM json_each(${posts}))`),
);
/** What was posted in a channel, wherever it lives now; shares too, which nobody has to read. */
const postedIn = statement<{ channel: number; above: number; limit: number }>((db, { channel, above, limit }) => ({
  compile: () =>
    sql`SELECT posts.id AS n FROM posts WHERE posts.channel = ${channel} AND posts.id > ${above}
        AND NOT EXISTS (SELECT 1 FROM moved_posts WHERE moved_posts.post = posts.id)
      UNION ALL SELECT post FROM moved_posts WHERE first_channel = ${channel} AND post > ${above}
      ORDER BY n LIMIT ${limit}`.compile(db),
}));
const sharesAmong = statement<{ posts: string }>((db, { posts }) =>
  db
    .selectFrom('posts')
    .select('id as n')
    .where('id', 'in', sql<number>`(SELECT value FROM json_each(${posts}))`)
    .where('kind', '=', 'share'),
);

/** What an account has done with posts, by their ids. */
export async function loadPostFlags(
  db: Database,
  account: number,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, PostFlagsRow>> {
  const rows = await postFlags.find(db, flagsOf, { account, posts: JSON.stringify([...ids]) });
  return new Map(rows.map((row) => [row.post, row]));
}

/** Where an account's reading of one post stands. */
export interface ReadState {
  /** Where it was posted. */
  readonly channel: number;
  readonly read: boolean;
  /** Whether it can be unread at all: no share, and posted since the account became a member there. */
  readonly counts: boolean;
}

export async function loadReadStates(
  db: Database,
  account: number,
  rows: readonly Pick<PostRow, 'id' | 'channel' | 'kind'>[],
): Promise<ReadonlyMap<number, ReadState>> {
  const ids = rows.map(({ id }) => id);
  const moved = new Map(
    (await movedPosts.find(db, ofPosts, { posts: JSON.stringify(ids) })).map((row) => [row.post, row.first_channel]),
  );
  const firstOf = ({ id, channel }: Pick<PostRow, 'id' | 'channel'>) => moved.get(id) ?? channel;
  const channels = JSON.stringify([...new Set(rows.map(firstOf))]);
  const bonds = new Map(
    (await follows.find(db, bondsOf, { account, channels })).map((bond) => [bond.channel, bond.id]),
  );
  const marks = new Map(
    (await readMarks.find(db, marksOf, { account, channels })).map((mark) => [mark.channel, mark.up_to]),
  );
  const flags = await loadPostFlags(db, account, ids);
  return new Map(
    rows.map((row) => {
      const channel = firstOf(row);
      const since = bonds.get(channel);
      const counts = row.kind !== 'share' && since !== undefined && since < row.id;
      const exception = flags.get(row.id)?.read ?? EXCEPTION.none;
      const isUnread =
        counts && (exception === EXCEPTION.none ? row.id > (marks.get(channel) ?? 0) : exception === EXCEPTION.unread);
      return [row.id, { channel, read: !isUnread, counts }];
    }),
  );
}

/**
 * Writes what an account has read or unread in one channel, `changes` by post, and moves its mark as far as that pays:
 * over all that is read, and over a few unread posts among many read ones.
 */
export async function writeReads(
  db: Database,
  account: number,
  channel: number,
  changes: ReadonlyMap<number, boolean>,
): Promise<void> {
  const bond = await follows.get(db, { channel, account });
  const known = await readMarks.get(db, { account, channel });
  const before = Math.max(bond?.id ?? 0, known?.up_to ?? 0);
  const exceptions = new Map<number, number>();
  const mark = await advance(db, { account, channel, before, changes, exceptions });
  for (const [id, read] of changes) {
    if (exceptions.has(id)) continue;
    const isBehind = id <= mark;
    exceptions.set(id, read === isBehind ? EXCEPTION.none : read ? EXCEPTION.read : EXCEPTION.unread);
  }
  if (mark > before) await readMarks.put(db, { account, channel, up_to: mark });
  await writeExceptions(db, account, exceptions);
}

interface Advance {
  readonly account: number;
  readonly channel: number;
  readonly before: number;
  readonly changes: ReadonlyMap<number, boolean>;
  /** Told here for what the mark passes. */
  readonly exceptions: Map<number, number>;
}

async function advance(db: Database, { account, channel, before, changes, exceptions }: Advance): Promise<number> {
  let mark = before;
  for (let look = 0; look < MAX_LOOKS; look++) {
    const ids = await numbersOf(db, postedIn, { channel, above: mark, limit: WINDOW });
    const flags = await loadPostFlags(db, account, ids);
    const shares = new Set(await numbersOf(db, sharesAmong, { posts: JSON.stringify(ids) }));
    const isRead = (id: number) => changes.get(id) ?? (shares.has(id) || flags.get(id)?.read === EXCEPTION.read);
    const passed = ids.slice(0, passes(ids.map(isRead)));
    for (const id of passed) exceptions.set(id, isRead(id) ? EXCEPTION.none : EXCEPTION.unread);
    mark = passed.at(-1) ?? mark;
    if (passed.length < WINDOW) break;
  }
  return mark;
}

/** How many posts a mark is to pass. */
function passes(reads: readonly boolean[]): number {
  const firstUnread = reads.indexOf(false);
  if (firstUnread === -1) return reads.length;
  const rest = reads.slice(firstUnread);
  const read = rest.filter((one) => one).length;
  const pays = read >= WORTH_IT && read > WORTH_TIMES * (rest.length - read);
  return pays ? reads.lastIndexOf(true) + 1 : firstUnread;
}

async function writeExceptions(db: Database, account: number, wanted: ReadonlyMap<number, number>): Promise<void> {
  const flags = await loadPostFlags(db, account, wanted.keys());
  for (const [post, read] of wanted) {
    const row = flags.get(post) ?? { account, post, ...NO_FLAGS };
    if (row.read !== read) await writeFlags(db, { ...row, read });
  }
}

export const NO_FLAGS = { bookmarked: null, pinned: null, muted: 0, read: 0, collapsed: 0 } as const;

/** Keeps no row that says nothing. */
export async function writeFlags(db: Database, row: PostFlagsRow): Promise<void> {
  if (hasFlags(row)) await postFlags.put(db, row);
  else await postFlags.remove(db, row);
}

/** Whether a row says more than that there is none. */
function hasFlags({ bookmarked, pinned, muted, read, collapsed }: PostFlagsRow): boolean {
  return bookmarked !== null || pinned !== null || muted + read + collapsed > 0;
}

/** A new post that its author has read: that moves the mark only when nothing between is unread. */
export async function readOwn({ db }: CommandContext, { id, channel, author: account }: PostRow): Promise<void> {
  const bond: FollowRow | undefined = await follows.get(db, { channel, account });
  if (bond?.state !== 'subscribed') return;
  const mark = await readMarks.get(db, { account, channel });
  const above = Math.max(bond.id, mark?.up_to ?? 0);
  const [next] = await numbersOf(db, postedIn, { channel, above, limit: 1 });
  if (next === id) await readMarks.put(db, { account, channel, up_to: id });
  else await writeExceptions(db, account, new Map([[id, EXCEPTION.read]]));
}
