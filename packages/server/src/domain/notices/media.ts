import { CarillonError } from '@carillon/core';
import { type CommandContext, type Database, type MediaRow, type MediaSnapshot, media } from '../../state/index.ts';
import { mediaSnapshotOf } from '../community/load-accounts.ts';
import { requireActor } from '../community/parties.ts';
import { tellAttachment } from '../media/attachments.ts';
import { createMedia, deleteMedia, describeMedia, mediaById, type NewMedia, type Own } from './messages.ts';

/** Of a description; Mastodon's. */
const MAX_DESCRIPTION_LENGTH = 1_500;

export const mediaQueries = {
  [mediaById.name]: async (db: Database, { viewer, id }: { readonly viewer: number; readonly id: number }) => {
    const row = await media.get(db, { id });
    return row?.account === viewer && row.post === null ? mediaSnapshotOf(row) : undefined;
  },
};

export const mediaCommands = {
  [createMedia.name]: create,
  [describeMedia.name]: describe,
  [deleteMedia.name]: remove,
};

async function create(context: CommandContext, { actor, contentType, ...wanted }: NewMedia): Promise<MediaSnapshot> {
  await requireActor(context.db, actor);
  const row: MediaRow = {
    ...wanted,
    id: context.nextId(),
    account: actor,
    content_type: contentType,
    meta: JSON.stringify(wanted.meta),
    description: checkDescription(wanted.description),
    post: null,
    created_at: context.now,
  };
  await media.insert(context.db, row);
  await tellAttachment(context, 'attachment.added', row);
  return mediaSnapshotOf(row);
}

export interface Description extends Own {
  /** The post that shows it, which is being edited. */
  readonly post?: number;
  readonly description?: string | null;
  /** Where a picture is looked at when it is cut: from -1 to 1, to the right and upwards. */
  readonly focus?: readonly [number, number];
}

async function describe(
  { db }: CommandContext,
  { actor, id, post, description, focus }: Description,
): Promise<MediaSnapshot> {
  const before = await own(db, actor, id, post);
  const meta: Readonly<Record<string, unknown>> = JSON.parse(before.meta);
  const row: MediaRow = {
    ...before,
    description: description === undefined ? before.description : checkDescription(description),
    meta: focus ? JSON.stringify({ ...meta, focus: { x: clamp(focus[0]), y: clamp(focus[1]) } }) : before.meta,
  };
  await media.put(db, row);
  return mediaSnapshotOf(row);
}

/** Answers with what it was, because its files are to be removed now. */
async function remove(context: CommandContext, { actor, id }: Own): Promise<MediaSnapshot> {
  const row = await own(context.db, actor, id);
  await media.remove(context.db, { id });
  await tellAttachment(context, 'attachment.removed', row);
  return mediaSnapshotOf(row);
}

/** Once a post shows it, it is changed through the post. */
async function own(db: Database, account: number, id: number, post?: number): Promise<MediaRow> {
  const row = await media.get(db, { id });
  if (row?.account !== account) throw new CarillonError('not-found', `there is no media file ${id}`);
  if (row.post !== null && row.post !== post)
    throw new CarillonError('unprocessable', `media file ${id} is shown by a post`);
  return row;
}

function checkDescription(description: string | null): string | null {
  if (description !== null && description.length > MAX_DESCRIPTION_LENGTH) {
    throw new CarillonError('unprocessable', `a description has at most ${MAX_DESCRIPTION_LENGTH} letters`);
  }
  return description;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
