import { sql } from 'kysely';
import { type Database, type Message, reactions, statement } from '../../state/index.ts';
import { findVisible } from './access.ts';
import { codeOf } from './emoji.ts';
import { type ReactionView, reactionsOf } from './reading-messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const ofPosts = statement<{ posts: string }>((db, { posts }) =>
  db
    .selectFrom('reactions')
    .selectAll()
    .where('post', 'in', sql<number>`(SELECT value FROM json_each(${posts}))`)
    .orderBy('id'),
);

export const reactionQueries = {
  [reactionsOf.name]: async (db: Database, { viewer, posts: wanted }: Input<typeof reactionsOf>) => {
    const visible = (await findVisible(db, viewer, wanted)).map(({ id }) => id);
    const rows = await reactions.find(db, ofPosts, { posts: JSON.stringify(visible) });
    return [...Map.groupBy(rows, ({ post }) => post)].map(([post, of]) => ({
      post,
      reactions: of.map(({ account, emoji, name }): ReactionView => ({ account, emoji, name, code: codeOf(emoji) })),
    }));
  },
};
