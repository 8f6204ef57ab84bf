import { type Database, type PostView, posts } from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';

/** A post that is there, as an account that may see it is shown it. */
export async function showPost(db: Database, viewer: number, id: number): Promise<PostView> {
  const row = await posts.get(db, { id });
  const [view] = row ? await viewPosts(db, viewer, [row]) : [];
  if (!view) throw new Error(`post ${id} cannot be shown`);
  return view;
}
