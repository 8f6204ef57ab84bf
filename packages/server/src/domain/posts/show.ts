import { type Database, type PostSnapshot, type PostView, posts } from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';
import { visiblePost } from './access.ts';

/** A post that is there, as an account that may see it is shown it. */
export async function showPost(db: Database, viewer: number, id: number): Promise<PostView> {
  const row = await posts.get(db, { id });
  const [view] = row ? await viewPosts(db, viewer, [row]) : [];
  if (!view) throw new Error(`post ${id} cannot be shown`);
  return view;
}

/** The same after taking something back from it, which whoever has lost sight of it may: then it says nothing. */
export async function showTouched(db: Database, viewer: number, id: number): Promise<PostView> {
  const view = await showPost(db, viewer, id);
  return (await visiblePost(db, viewer, id)) ? view : { ...view, post: silenced(view.post) };
}

/** That it is there, when, and whose it is. Every member stands here, so that none is shown by being forgotten. */
function silenced({ id, kind, author, channel, node, visibility, thread, createdAt }: PostSnapshot): PostSnapshot {
  return {
    id,
    kind,
    author,
    channel,
    node,
    topic: '',
    visibility,
    replyTo: null,
    thread,
    language: null,
    sensitive: false,
    warning: '',
    source: { format: 'plain', text: '' },
    html: '',
    text: '',
    tags: [],
    mentions: [],
    media: [],
    repliesCount: 0,
    sharesCount: 0,
    favouritesCount: 0,
    application: null,
    origin: null,
    shared: null,
    createdAt,
    editedAt: null,
  };
}
