import { type CommandContext, type PostView } from '../../state/index.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { edit } from './edit.ts';
import { flag } from './flag.ts';
import { flagPosts } from './flag-posts.ts';
import { createPost, deletePost, editPost, flagPost, react, sharePost, unsharePost } from './messages.ts';
import { move } from './move.ts';
import { reactTo } from './react.ts';
import { flagPosts as flagPostsMessage, movePost } from './reading-messages.ts';
import { share, unshare } from './share.ts';

export const postCommands = {
  [createPost.name]: repeatable(create),
  [editPost.name]: repeatable(edit),
  [deletePost.name]: repeatable(remove),
  [sharePost.name]: repeatable(share),
  [unsharePost.name]: repeatable(unshare),
  [react.name]: repeatable(reactTo),
  [flagPost.name]: repeatable(flag),
  [flagPostsMessage.name]: flagPosts,
  [movePost.name]: move,
};

/** A repeat of the command's key is told the post's id alone: its text may be erased meanwhile (kernel K7). */
function repeatable<Wanted, View extends PostView | undefined>(
  handler: (context: CommandContext, wanted: Wanted) => Promise<View>,
) {
  return async (context: CommandContext, wanted: Wanted): Promise<View> => {
    const view = await handler(context, wanted);
    if (view) context.answerRepeatsWith({ post: { id: view.post.id } });
    return view;
  };
}
