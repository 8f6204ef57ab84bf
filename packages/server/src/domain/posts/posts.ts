import type { CommandContext, Database, Message } from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';
import type { PostView } from '../community/snapshots.ts';
import { findVisible } from './access.ts';
import { create } from './create.ts';
import { createPost, postById, postsByIds } from './messages.ts';

export const postCommands = {
  [createPost.name]: repeatable(create),
};

type Input<M> = M extends Message<infer I, unknown> ? I : never;

export const postQueries = {
  [postById.name]: async (db: Database, { viewer, id }: Input<typeof postById>) =>
    (await viewPosts(db, viewer, await findVisible(db, viewer, [id])))[0],
  [postsByIds.name]: async (db: Database, { viewer, ids }: Input<typeof postsByIds>) => {
    const views = await viewPosts(db, viewer, await findVisible(db, viewer, ids));
    const found = new Map(views.map((view) => [view.post.id, view]));
    return ids.flatMap((id) => found.get(id) ?? []);
  },
};

/** A repeat of the command's key is told the post's id alone: its text may be erased meanwhile (kernel K7). */
function repeatable<Wanted>(handler: (context: CommandContext, wanted: Wanted) => Promise<PostView>) {
  return async (context: CommandContext, wanted: Wanted): Promise<PostView> => {
    const view = await handler(context, wanted);
    context.answerRepeatsWith({ post: { id: view.post.id } });
    return view;
  };
}
