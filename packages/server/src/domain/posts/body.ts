import { CarillonError, MAX_MENTIONS_PER_EVENT } from '@carillon/core';
import {
  type AccountSnapshot,
  type CommandContext,
  type Database,
  type MediaRow,
  media,
  type PostRow,
  postMentions,
  postTags,
  statement,
} from '../../state/index.ts';
import { loadAccountList } from '../community/load-accounts.ts';
import { tellAttachment } from '../media/attachments.ts';
import type { PostBody } from './messages.ts';
import { tagsOf } from './reach.ts';

const MAX_MEDIA = 4;

/** What a body puts into the row of its post. */
export type BodyColumns = Pick<
  PostRow,
  'language' | 'sensitive' | 'warning' | 'source_format' | 'source' | 'html' | 'text' | 'tags' | 'media'
>;

export function bodyColumns(body: PostBody): BodyColumns {
  return {
    language: body.language,
    sensitive: body.sensitive ? 1 : 0,
    warning: body.warning,
    source_format: body.source.format,
    source: body.source.text,
    html: body.html,
    text: body.text,
    tags: JSON.stringify(body.tags),
    media: JSON.stringify(body.media),
  };
}

/** Throws `unprocessable` for a body that says and shows nothing, `too-large` for one that names too many. */
export function checkBody(body: PostBody): void {
  if (body.text.trim() === '' && body.media.length === 0) {
    throw new CarillonError('unprocessable', 'a post needs a text or media');
  }
  if (body.media.length > MAX_MEDIA) {
    throw new CarillonError('unprocessable', `a post shows at most ${MAX_MEDIA} media`);
  }
  if (body.mentions.length > MAX_MENTIONS_PER_EVENT) {
    throw new CarillonError('too-large', `a post mentions at most ${MAX_MENTIONS_PER_EVENT} accounts`, {
      facts: { limit: MAX_MENTIONS_PER_EVENT },
    });
  }
}

/** Those of the named accounts and group channels that exist and are not suspended. */
export async function findMentions(db: Database, ids: readonly number[]): Promise<readonly AccountSnapshot[]> {
  return (await loadAccountList(db, ids)).filter(({ suspended }) => !suspended);
}

/** Makes the media this post's; throws `unprocessable` for others' and for what another post shows. */
export async function takeMedia(
  context: CommandContext,
  row: Pick<PostRow, 'id' | 'author'>,
  ids: readonly number[],
): Promise<void> {
  const { db } = context;
  for (const id of ids) {
    const found = await media.get(db, { id });
    const isFree = found?.account === row.author && (found.post === null || found.post === row.id);
    if (!found || !isFree) throw new CarillonError('unprocessable', `media ${id} cannot be shown by this post`);
    if (found.post !== null) continue;
    const taken = { ...found, post: row.id };
    await media.put(db, taken);
    await tellAttachment(context, 'attachment.updated', taken);
  }
}

const mediaOfPost = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('media').selectAll().where('post', '=', post),
);
const tagsOfPost = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('post_tags').selectAll().where('post', '=', post),
);
const mentionsOfPost = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('post_mentions').selectAll().where('post', '=', post),
);

/** Those of its earlier versions too. */
export function findMedia(db: Database, post: number): Promise<readonly MediaRow[]> {
  return media.find(db, mediaOfPost, { post });
}

/** Makes the tags by which the post is found those of its row. */
export async function writeTags(db: Database, { id, tags }: Pick<PostRow, 'id' | 'tags'>): Promise<void> {
  await dropTags(db, id);
  for (const tag of tagsOf(tags)) await postTags.insert(db, { tag, post: id });
}

export async function dropTags(db: Database, post: number): Promise<void> {
  for (const row of await postTags.find(db, tagsOfPost, { post })) await postTags.remove(db, row);
}

/** Makes these the post's mentions, and tells who is new among them. */
export async function writeMentions(db: Database, post: number, ids: readonly number[]): Promise<readonly number[]> {
  const known = (await postMentions.find(db, mentionsOfPost, { post })).map(({ account }) => account);
  for (const account of known) if (!ids.includes(account)) await postMentions.remove(db, { post, account });
  const added = ids.filter((id) => !known.includes(id));
  for (const account of added) await postMentions.insert(db, { post, account });
  return added;
}
