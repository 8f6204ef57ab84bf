import { sql } from 'kysely';
import { type Database, type Message, type PostRow, posts, statement } from '../../state/index.ts';

/** A post of another server, by its address there. */
export interface IngestedPost {
  readonly origin: string;
  readonly id: number;
  readonly author: number;
}

/** Those of these posts that are here; who asks may bring posts, so whether it may see them is no question. */
export const ingestedPosts: Message<{ readonly origins: readonly string[] }, readonly IngestedPost[]> = {
  name: 'ingest.by-origins',
};

const byOrigins = statement<{ origins: string }>((db, { origins }) =>
  db.selectFrom('posts').selectAll().where('origin', 'in', sql<string>`(SELECT value FROM json_each(${origins}))`),
);

export const ingestQueries = {
  [ingestedPosts.name]: async (db: Database, { origins }: { readonly origins: readonly string[] }) =>
    (await posts.find(db, byOrigins, { origins: JSON.stringify(origins) })).map(toIngested),
};

function toIngested({ origin, id, author }: PostRow): IngestedPost {
  return { origin: origin ?? '', id, author };
}
