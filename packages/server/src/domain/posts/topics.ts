import { type RawBuilder, sql } from 'kysely';
import {
  channels,
  computed,
  type Database,
  foldTopic,
  type Message,
  type PostRow,
  type SqlValue,
  statement,
  topicPosts,
} from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';
import { type Bounds, paged } from '../community/paging.ts';
import { maySee, NOBODY } from './access.ts';
import { type Candidates, collect, type Feed } from './collect.ts';
import { channelPosts, listTopics, type TopicView } from './reading-messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** So many of a topic's newest posts are looked at for one that the viewer may see. */
const MOST_OF_TOPIC = 1_000;
const MOST_TOPICS = 5_000;

interface Of {
  readonly channel: number;
  readonly viewer: number;
}

/** From one topic of the index to the next: as many steps as there are topics, however many posts they have. */
const topicsOf = statement<Of>((db, { channel, viewer }) => ({
  compile: () =>
    sql`WITH RECURSIVE names (topic) AS (
        SELECT * FROM (SELECT topic FROM topic_posts WHERE channel = ${channel} ORDER BY topic LIMIT 1)
        UNION ALL SELECT (SELECT topic FROM topic_posts AS next WHERE next.channel = ${channel}
          AND next.topic > names.topic ORDER BY next.topic LIMIT 1) FROM names WHERE names.topic IS NOT NULL),
      newest (id) AS (
        SELECT (SELECT posts.id FROM posts WHERE posts.id IN (SELECT near.post FROM topic_posts AS near
            WHERE near.channel = ${channel} AND near.topic = names.topic ORDER BY near.post DESC LIMIT ${MOST_OF_TOPIC})
          AND ${maySee('posts', viewer)} ORDER BY posts.id DESC LIMIT 1)
        FROM names WHERE names.topic IS NOT NULL
        UNION ALL SELECT (SELECT posts.id FROM posts WHERE posts.id IN (SELECT near.id FROM posts AS near
            WHERE near.channel = ${channel} AND near.topic = '' AND near.kind <> 'share'
            ORDER BY near.id DESC LIMIT ${MOST_OF_TOPIC})
          AND ${maySee('posts', viewer)} ORDER BY posts.id DESC LIMIT 1))
      SELECT posts.topic AS name, posts.id AS maxId FROM newest CROSS JOIN posts
      WHERE posts.id = newest.id ORDER BY posts.id DESC LIMIT ${MOST_TOPICS}`.compile(db),
}));

const ofChannel = feed<Of>(
  ({ channel }) => sql`SELECT id FROM posts WHERE channel = ${channel} AND kind <> 'share'`,
  'id',
);
const ofTopic = feed<Of & { readonly topic: string }>(
  ({ channel, topic }) => sql`SELECT post AS id FROM topic_posts WHERE channel = ${channel} AND topic = ${topic}`,
  'post',
);
const withoutTopic = feed<Of>(
  ({ channel }) => sql`SELECT id FROM posts WHERE channel = ${channel} AND topic = '' AND kind <> 'share'`,
  'id',
);

type Bound<Values> = { readonly [Name in keyof Values]: SqlValue };

function feed<Values extends Of & Bound<Values>>(
  source: (values: Values) => RawBuilder<unknown>,
  id: string,
): Feed<Values> {
  return {
    candidates: paged<Values>((order) =>
      statement<Values & Bounds & Bound<Values>>((db, values) => {
        const by = sql.ref(id);
        const { below, above, limit } = values;
        return {
          compile: () =>
            sql`SELECT id AS n FROM (${source(values)} AND ${by} < ${below} AND ${by} > ${above}
              ORDER BY ${by} ${sql.raw(order)} LIMIT ${limit})`.compile(db),
        };
      }),
    ),
    sieve: statement<Values & Candidates & Bound<Values>>((db, { viewer, ids }) =>
      db
        .selectFrom('posts')
        .selectAll()
        .where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
        .where(maySee('posts', viewer)),
    ),
  };
}

export const topicQueries = {
  [listTopics.name]: async (db: Database, { viewer, channel }: Input<typeof listTopics>) => {
    if (!(await channels.get(db, { id: channel }))) return undefined;
    const rows = await computed(db, topicsOf, { channel, viewer: viewer ?? NOBODY });
    return rows.map(({ name, maxId }): TopicView => ({ name: String(name), maxId: Number(maxId) }));
  },
  [channelPosts.name]: async (db: Database, { viewer, channel, topic, page }: Input<typeof channelPosts>) => {
    if (!(await channels.get(db, { id: channel }))) return undefined;
    return viewPosts(db, viewer, await find(db, { channel, viewer: viewer ?? NOBODY }, topic, page));
  },
};

function find(
  db: Database,
  of: Of,
  topic: string | undefined,
  page: Input<typeof channelPosts>['page'],
): Promise<readonly PostRow[]> {
  if (topic === undefined) return collect(db, ofChannel, of, page);
  const folded = foldTopic(topic);
  return folded === '' ? collect(db, withoutTopic, of, page) : collect(db, ofTopic, { ...of, topic: folded }, page);
}

/** Makes a post findable by its topic; a direct one has none. */
export async function writeTopic(db: Database, { id: post, channel, topic }: TopicOf): Promise<void> {
  if (topic !== '') await topicPosts.insert(db, { channel, topic: foldTopic(topic), post });
}

export async function dropTopic(db: Database, { id: post, channel, topic }: TopicOf): Promise<void> {
  if (topic !== '') await topicPosts.remove(db, { channel, topic: foldTopic(topic), post });
}

type TopicOf = Pick<PostRow, 'id' | 'channel' | 'topic'>;
