import type { FilterMatch } from '../../../view/index.ts';
import { toFilterResult } from '../entities/index.ts';
import type { Wire } from './wire.ts';

const NOTHING_FOUND = '[]}';

/**
 * A status of a public stream as viewers get it whose filters found something. The shared frame is opened where it says
 * that they found nothing, behind which nothing of a text comes; what is put there is made once for each filter.
 */
export function openFiltered(frame: Buffer, wire: Wire): (matches: readonly FilterMatch[]) => readonly Buffer[] {
  const at = frame.lastIndexOf(NOTHING_FOUND);
  if (at < 0) throw new Error('a frame of a status does not say what filters found');
  const around = wire.open(frame, at + 1);
  return (matches) => around(itemsOf(matches, wire));
}

type ByKeyword = Map<string, Buffer>;

/** By how text is quoted, then by filter and the one keyword that it found; they go with the filter. */
const known = new Map<Wire['quote'], WeakMap<FilterMatch['filter'], ByKeyword>>();

function itemsOf(matches: readonly FilterMatch[], { quote }: Wire): Buffer {
  const [match, second] = matches;
  if (!match || second || match.posts.length > 0 || match.keywords.length !== 1) return itemsAnew(matches, quote);
  let byFilter = known.get(quote);
  if (!byFilter) known.set(quote, (byFilter = new WeakMap()));
  let byKeyword = byFilter.get(match.filter);
  if (!byKeyword) byFilter.set(match.filter, (byKeyword = new Map()));
  const [keyword = ''] = match.keywords;
  let items = byKeyword.get(keyword);
  if (!items) byKeyword.set(keyword, (items = itemsAnew(matches, quote)));
  return items;
}

/** In a buffer of its own: one that is kept would keep the pool that it was cut from. */
function itemsAnew(matches: readonly FilterMatch[], quote: Wire['quote']): Buffer {
  const text = Buffer.from(quote(JSON.stringify(matches.map(toFilterResult)).slice(1, -1)));
  const items = Buffer.allocUnsafeSlow(text.length);
  items.set(text);
  return items;
}
