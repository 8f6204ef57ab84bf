import { accountsByAccts, type PostBody, readBody, renderBody, type Source } from '../../../domain/index.ts';
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
  const { domain, baseUrl } = call.site;
  const { maxPostCharacters } = call.deps.settings;
  const tooLong = written.text.length + written.warning.length > maxPostCharacters * MOST_UNITS;
  if (tooLong || countCharacters(written.text) + countCharacters(written.warning) > maxPostCharacters) {
    throw invalid(`Text character limit of ${maxPostCharacters} exceeded`);
  }
  if (written.text.trim() === '' && written.media.length === 0) throw invalid("Text can't be blank");
  const source: Source = { format: 'plain', text: written.text };
  const { accts } = readBody(source, { domain });
  const known = accts.length > 0 ? await call.query(accountsByAccts, { accts }) : [];
  const mentions = new Map(known.map(({ acct, id, name, url }) => [acct, { id, name, url }]));
  return {
    source,
    ...renderBody(source, { mentions, baseUrl, domain }),
    language: written.language,
    sensitive: written.sensitive || written.warning !== '',
    warning: written.warning,
    media: written.media,
  };
}

function countCharacters(text: string): number {
  const shortened = text.replace(ADDRESS, 'x'.repeat(CHARACTERS_PER_ADDRESS)).replace(FOREIGN_MENTION, '$1');
  return Array.from(GRAPHEMES.segment(shortened)).length;
}
