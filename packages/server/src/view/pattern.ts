/** A keyword of a filter, compiled once for all who filter by it. */
export interface Pattern {
  readonly key: string;
  /** Looks at text in lower case. */
  matches(folded: string): boolean;
}

const WORD = '[\\p{L}\\p{M}\\p{N}\\p{Pc}]';
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u');
const ENDS_WITH_WORD = new RegExp(`${WORD}$`, 'u');

/** Case makes no difference; a whole word stands free at those of its ends that are letters or digits. */
export function compilePattern(keyword: string, wholeWord: boolean): Pattern {
  const folded = keyword.toLowerCase();
  const key = patternKey(keyword, wholeWord);
  const before = wholeWord && STARTS_WITH_WORD.test(folded) ? `(?<!${WORD})` : '';
  const after = wholeWord && ENDS_WITH_WORD.test(folded) ? `(?!${WORD})` : '';
  if (folded.trim() === '') return { key, matches: () => false };
  if (before === '' && after === '') return { key, matches: (text) => text.includes(folded) };
  const free = new RegExp(`${before}${folded.replace(/[$()*+.?[\\\]^{|}/]/g, '\\$&')}${after}`, 'u');
  return { key, matches: (text) => text.includes(folded) && free.test(text) };
}

export function patternKey(keyword: string, wholeWord: boolean): string {
  return `${wholeWord ? 'word' : 'part'} ${keyword.toLowerCase()}`;
}
