import { CarillonError } from '@carillon/core';
import { customEmoji, type Database } from '../../state/index.ts';
import { FAVOURITE } from '../community/load-flags.ts';

/** What somebody reacts with. */
export interface Emoji {
  /** By which it is one: its characters without the selector of their look, or `custom:` and the id of an own one. */
  readonly emoji: string;
  /** `octopus`; for one that came without a name, its characters. */
  readonly name: string;
  /** Code points in hexadecimal, joined by hyphens; the id of an own one. */
  readonly code: string;
}

export interface WrittenEmoji {
  readonly emoji: string;
  readonly name?: string;
}

const CUSTOM = /^custom:(\d{1,16})$/;
const MAX_CHARACTERS = 100;
const LOOK = '\u{FE0F}';

/** Throws `unprocessable` for what is no emoji, with `reason: no-emoji`. */
export async function readEmoji(db: Database, { emoji, name }: WrittenEmoji): Promise<Emoji> {
  if (emoji === '' || emoji.length > MAX_CHARACTERS || (name?.length ?? 0) > MAX_CHARACTERS) throw noEmoji();
  const id = CUSTOM.exec(emoji)?.[1];
  if (id !== undefined) {
    const own = await customEmoji.get(db, { id: Number(id) });
    if (!own) throw noEmoji();
    return { emoji: `custom:${own.id}`, name: own.name, code: String(own.id) };
  }
  const plain = emoji.replaceAll(LOOK, '') || emoji;
  return { emoji: plain, name: name ?? (plain === FAVOURITE ? 'star' : plain), code: codeOf(plain) };
}

/** Whether nobody may react with it any more; what stands, stands. */
export async function isRetired(db: Database, { emoji }: Pick<Emoji, 'emoji'>): Promise<boolean> {
  const id = CUSTOM.exec(emoji)?.[1];
  return id !== undefined && (await customEmoji.get(db, { id: Number(id) }))?.deactivated_at !== null;
}

export function codeOf(emoji: string): string {
  return CUSTOM.exec(emoji)?.[1] ?? Array.from(emoji, (sign) => (sign.codePointAt(0) ?? 0).toString(16)).join('-');
}

function noEmoji(): CarillonError {
  return new CarillonError('unprocessable', 'this is no emoji', { facts: { reason: 'no-emoji' } });
}
