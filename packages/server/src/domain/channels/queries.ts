import { sql } from 'kysely';
import {
  type ChannelRow,
  channels,
  computed,
  type Database,
  type FollowRow,
  follows,
  type Message,
  statement,
} from '../../state/index.ts';
import { isStaff } from '../relations/staff.ts';
import { type ChannelQuery, type ChannelView, channelMembers, channelViews } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const list = (text: string) => sql<number>`(SELECT value FROM json_each(${text}))`;
/** Neither a direct channel nor that of an account which is suspended or gone. */
const stands = sql<boolean>`(c.kind <> 'direct' AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.channel = c.id
  AND (a.suspended_at IS NOT NULL OR a.deactivated_at IS NOT NULL)))`;

const byIds = statement<{ ids: string }>((db, { ids }) =>
  db.selectFrom('channels as c').selectAll('c').where('c.id', 'in', list(ids)).where(stands).orderBy('c.id'),
);
const byNames = statement<{ names: string; people: string }>((db, { names, people }) =>
  db
    .selectFrom('channels as c')
    .selectAll('c')
    .where(
      'c.id',
      'in',
      sql<number>`(SELECT id FROM channels WHERE kind = 'group' AND title COLLATE NOCASE IN ${list(names)}
        UNION SELECT object FROM slugs WHERE slug IN ${list(names)} AND kind = 'channel'
        UNION SELECT channel FROM accounts WHERE slug IN ${list(people)})`,
    )
    .where(stands)
    .orderBy('c.id'),
);
const readable = statement<{ viewer: number }>((db, { viewer }) =>
  db
    .selectFrom('channels as c')
    .selectAll('c')
    .where(stands)
    .where(
      sql<boolean>`((c.access = 'open' AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.channel = c.id AND a.domain IS NOT NULL))
        OR EXISTS (SELECT 1 FROM follows f WHERE f.channel = c.id AND f.account = ${viewer}
          AND (f.state = 'subscribed' OR f.affiliation IN ('owner', 'moderator'))))`,
    )
    .orderBy('c.id'),
);
const followsIn = statement<{ viewer: number; ids: string }>((db, { viewer, ids }) =>
  db.selectFrom('follows').selectAll().where('account', '=', viewer).where('channel', 'in', list(ids)),
);
const firstPosts = statement<{ ids: string }>((db, { ids }) =>
  db
    .selectFrom('posts')
    .select((is) => ['channel', is.fn.min('id').as('first')])
    .where('channel', 'in', list(ids))
    .where('kind', '<>', 'share')
    .groupBy('channel'),
);
const subscribers = statement<{ ids: string }>((db, { ids }) =>
  db
    .selectFrom('follows as f')
    .innerJoin('accounts as a', 'a.id', 'f.account')
    .selectAll('f')
    .where('f.channel', 'in', list(ids))
    .where('f.state', '=', 'subscribed')
    .where('a.suspended_at', 'is', null)
    .where('a.deactivated_at', 'is', null)
    .orderBy('f.channel')
    .orderBy('f.id'),
);

export const channelQueries = {
  [channelViews.name]: async (db: Database, { viewer, select }: ChannelQuery): Promise<readonly ChannelView[]> => {
    const rows = await find(db, viewer, select);
    const ids = JSON.stringify(rows.map(({ id }) => id));
    const own = new Map((await follows.find(db, followsIn, { viewer, ids })).map((row) => [row.channel, row]));
    const first = new Map(
      (await computed(db, firstPosts, { ids })).map((row) => [Number(row['channel']), Number(row['first'])]),
    );
    return rows.flatMap((row) => viewOf(row, own.get(row.id), first.get(row.id) ?? null));
  },
  [channelMembers.name]: async (db: Database, { channels: ids }: Input<typeof channelMembers>) => {
    const rows = await follows.find(db, subscribers, { ids: JSON.stringify(ids) });
    return [...Map.groupBy(rows, ({ channel }) => channel)].map(([channel, of]) => ({
      channel,
      accounts: of.map(({ account }) => account),
    }));
  },
};

function find(db: Database, viewer: number, select: ChannelQuery['select']): Promise<readonly ChannelRow[]> {
  if ('all' in select) return channels.find(db, readable, { viewer });
  if ('ids' in select) return channels.find(db, byIds, { ids: JSON.stringify(select.ids) });
  const names = select.names.map((name) => name.toLowerCase());
  const people = names.filter((name) => name.startsWith('@')).map((name) => name.slice(1));
  return channels.find(db, byNames, {
    names: JSON.stringify([...names, ...select.names]),
    people: JSON.stringify(people),
  });
}

function viewOf(row: ChannelRow, own: FollowRow | undefined, firstPost: number | null): readonly ChannelView[] {
  const { id, kind, slug, title, description, access, owner } = row;
  if (kind === 'direct' || slug === null) return [];
  const subscribed = own?.state === 'subscribed';
  return [
    {
      ...{ id, kind, slug, title, description, access, owner, firstPost, subscribed },
      defaultAffiliation: row.default_affiliation,
      createdAt: row.created_at,
      affiliation: own?.affiliation ?? 'none',
      readable: access === 'open' || subscribed || isStaff(own),
    },
  ];
}
