import type { PostBody, Source } from '../../../domain/index.ts';
import { CHARACTERS_PER_ADDRESS } from '../entities/index.ts';
import { type Call, invalid } from '../http/index.ts';

/** A status as its author sends it. */
export interface WrittenStatus {
  readonly text: string;
  readonly warning: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly media: readonly number[];
}

const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
/** The domain of somebody who is named does not count. */
const FOREIGN_MENTION = /(@[a-z0-9_]+)@[a-z0-9.-]+/gi;

const GRAPHEMES = new Intl.Segmenter();
/** Code units for each character that is allowed; no address or emoji needs more. */
const MOST_UNITS = 100;

/** Renders a text, with the accounts that it names as they are now. */
export async function writeBody(call: Call<number>, written: WrittenStatus): Promise<PostBody> {
  const { maxPostCharacters } = call.deps.settings;
  const tooLong = written.text.length + written.warning.length > maxPostCharacters * MOST_UNITS;
  const count = (text: string): number => countCharacters(text, maxPostCharacters);
  if (tooLong || count(written.text) + count(written.warning) > maxPostCharacters) {
    throw invalid(`Text character limit of ${maxPostCharacters} exceeded`);
  }
  if (written.text.trim() === '' && written.media.length === 0) throw invalid("Text can't be blank");
  const source: Source = { format: 'plain', text: written.text };
  return {
    source,
    ...(await call.deps.bodies.render(source, { owner: String(call.viewer) })),
    language: written.language,
    sensitive: written.sensitive || written.warning !== '',
    warning: written.warning,
    media: written.media,
  };
}

/** Stops at one more than is allowed. */
function countCharacters(text: string, most: number): number {
  const shortened = text.replace(ADDRESS, 'x'.repeat(CHARACTERS_PER_ADDRESS)).replace(FOREIGN_MENTION, '$1');
  let count = 0;
  for (const _ of GRAPHEMES.segment(shortened)) {
    count += 1;
    if (count > most) break;
  }
  return count;
}
