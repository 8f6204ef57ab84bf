/** Of one search; what stands behind is not looked for. */
const MAX_TERMS = 32;

/** `word`, `"several words"`, and either with a minus before it. */
const TERMS = /(?<minus>-?)(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))/gu;

/**
 * What somebody typed as an expression of SQLite FTS5: all terms must be there, in any order, none of those with a
 * minus. Each term goes in as a quoted string, so nothing that is typed is syntax. `undefined` when nothing is asked
 * for that an index could hold.
 */
export function matchOf(typed: string): string | undefined {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const { groups } of [...clean(typed).matchAll(TERMS)].slice(0, MAX_TERMS)) {
    const term = groups?.['phrase'] ?? groups?.['word'] ?? '';
    if (isIndexed(term)) (groups?.['minus'] === '-' ? unwanted : wanted).push(quoted(term));
  }
  if (wanted.length === 0) return undefined;
  const all = wanted.join(' AND ');
  return unwanted.length === 0 ? all : `(${all}) NOT (${unwanted.join(' OR ')})`;
}

/** The same for names: each word may be the beginning of one. */
export function prefixMatchOf(typed: string): string | undefined {
  const words = clean(typed).replaceAll('"', ' ').split(/\s+/u).filter(isIndexed).slice(0, MAX_TERMS);
  return words.length === 0 ? undefined : words.map((word) => `${quoted(word)} *`).join(' AND ');
}

/** A NUL would end the expression in the middle of a string. */
function clean(typed: string): string {
  return typed.replaceAll('\0', ' ');
}

/** Only letters and numbers make tokens. */
function isIndexed(term: string): boolean {
  return /[\p{L}\p{N}]/u.test(term);
}

function quoted(term: string): string {
  return `"${term.replaceAll('"', '""')}"`;
}
