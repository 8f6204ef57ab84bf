import { sql } from 'kysely';
import { type CommandContext, type Database, type Message, type PostRow, posts, statement } from '../../state/index.ts';
import { removePost } from '../posts/delete.ts';

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
/**
 * Deletes a post as its author would; whether that one is suspended here is no question, for it is gone where it came
 * from. Tells whether it was here.
 */
export const removeIngested: Message<{ readonly origin: string }, boolean> = { name: 'ingest.remove' };

const byOrigins = statement<{ origins: string }>((db, { origins }) =>
  db.selectFrom('posts').selectAll().where('origin', 'in', sql<string>`(SELECT value FROM json_each(${origins}))`),
);

export const ingestQueries = {
  [ingestedPosts.name]: async (db: Database, { origins }: { readonly origins: readonly string[] }) =>
    (await find(db, origins)).map(toIngested),
};

export const ingestCommands = {
  [removeIngested.name]: async (context: CommandContext, { origin }: { readonly origin: string }): Promise<boolean> => {
    const [row] = await find(context.db, [origin]);
    if (row) await removePost(context, row);
    return row !== undefined;
  },
};

function find(db: Database, origins: readonly string[]): Promise<readonly PostRow[]> {
  return posts.find(db, byOrigins, { origins: JSON.stringify(origins) });
}

function toIngested({ origin, id, author }: PostRow): IngestedPost {
  return { origin: origin ?? '', id, author };
}
