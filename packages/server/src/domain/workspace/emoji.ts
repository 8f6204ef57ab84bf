import { CarillonError } from '@carillon/core';
import {
  announce,
  type CommandContext,
  type CustomEmojiRow,
  type CustomEmojiSnapshot,
  customEmoji,
  type Database,
  type MediaRow,
  type Message,
  media,
  numberOf,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { auditAct, mayAct, requireRight } from '../community/rights.ts';
import { tellAttachment } from '../media/attachments.ts';
import { addCustomEmoji, customEmojiNow, deactivateCustomEmoji } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** Deactivated ones too: each change tells them all. */
const MOST_EMOJI = 2_000;
/** Whose media the pictures of emoji are: no account has this id. */
const COMMUNITY = 0;
const NAME = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;

const all = statement((db) => db.selectFrom('custom_emoji').selectAll().orderBy('id'));
const count = statement((db) => db.selectFrom('custom_emoji').select((is) => is.fn.countAll().as('n')));
const byName = statement<{ name: string }>((db, { name }) =>
  db.selectFrom('custom_emoji').selectAll().where('name', '=', name).where('deactivated_at', 'is', null),
);

export const emojiQueries = { [customEmojiNow.name]: loadEmoji };

export const emojiCommands = { [addCustomEmoji.name]: add, [deactivateCustomEmoji.name]: deactivate };

async function add(
  context: CommandContext,
  { actor, name, media: id }: Input<typeof addCustomEmoji>,
): Promise<CustomEmojiSnapshot> {
  const { db, now } = context;
  const person = await requireRight(context, actor, 'emoji.add');
  if (!NAME.test(name)) {
    throw new CarillonError('unprocessable', 'an emoji has a name of 1 to 64 of a-z, 0-9, with _ and - between them');
  }
  const [known] = await customEmoji.find(db, byName, { name });
  if (known) throw new CarillonError('conflict', `there is an emoji ${name} already`);
  if ((await numberOf(db, count, {})) >= MOST_EMOJI) {
    throw new CarillonError('too-large', `a community has had at most ${MOST_EMOJI} emoji`, {
      facts: { limit: MOST_EMOJI },
    });
  }
  const picture = await requirePicture(db, actor, id);
  if (person.avatar === id || person.header === id) throw notFree(id);
  await takeOver(context, picture);
  const row: CustomEmojiRow = {
    id: context.nextId(),
    name,
    media: id,
    file: picture.file,
    preview: picture.preview,
    author: actor,
    deactivated_at: null,
    created_at: now,
  };
  await customEmoji.insert(db, row);
  await tell(context, actor, row);
  auditAct(context, actor, 'emoji.add', name);
  return toSnapshot(row);
}

/** What was written with it still shows it. */
async function deactivate(
  context: CommandContext,
  { actor, id }: Input<typeof deactivateCustomEmoji>,
): Promise<CustomEmojiSnapshot> {
  const { db, now } = context;
  const person = await requireActor(db, actor);
  const before = await customEmoji.get(db, { id });
  if (!before) throw new CarillonError('not-found', `there is no emoji ${id}`);
  if (before.author !== actor && !(await mayAct(context, person, 'emoji.manage'))) {
    throw new CarillonError('forbidden', 'administrators and whoever added the emoji may take it away');
  }
  if (before.deactivated_at !== null) return toSnapshot(before);
  const row = { ...before, deactivated_at: now };
  await customEmoji.put(db, row);
  await tell(context, actor, row);
  auditAct(context, actor, 'emoji.deactivate', row.name);
  return toSnapshot(row);
}

async function requirePicture(db: Database, actor: number, id: number): Promise<MediaRow> {
  const row = await media.get(db, { id });
  const isPicture = row?.type === 'image' || row?.type === 'gifv';
  if (row?.account === actor && row.post === null && isPicture) return row;
  throw notFree(id);
}

function notFree(id: number): CarillonError {
  return new CarillonError('unprocessable', `there is no picture ${id} of yours that nothing shows yet`);
}

/** The picture stays when its uploader goes. */
async function takeOver(context: CommandContext, picture: MediaRow): Promise<void> {
  await media.put(context.db, { ...picture, account: COMMUNITY });
  await tellAttachment(context, 'attachment.removed', picture);
}

async function tell(context: CommandContext, actor: number, row: CustomEmojiRow): Promise<void> {
  announce(context, {
    type: 'emoji.changed',
    topics: ['community'],
    actor: String(actor),
    routing: { author: actor, object: row.id },
    data: { changed: toSnapshot(row), emoji: await loadEmoji(context.db) },
  });
}

async function loadEmoji(db: Database): Promise<readonly CustomEmojiSnapshot[]> {
  return (await customEmoji.find(db, all, {})).map(toSnapshot);
}

function toSnapshot({ id, name, file, preview, author, deactivated_at }: CustomEmojiRow): CustomEmojiSnapshot {
  return { id, name, file, preview, author, deactivated: deactivated_at !== null };
}
