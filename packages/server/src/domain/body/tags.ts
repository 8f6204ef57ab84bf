/** Latin letters that have no decomposition into an ASCII letter and accents, and what they are written as instead. */
const PLAIN: Readonly<Record<string, string>> = {
  ð: 'd',
  đ: 'd',
  ħ: 'h',
  ı: 'i',
  ĸ: 'k',
  ŀ: 'l',
  ł: 'l',
  ŉ: 'n',
  ŋ: 'n',
  ø: 'o',
  ſ: 's',
  ŧ: 't',
};

/** Accented Latin letters, lower case, with the ASCII letter of each. */
const FOLDED: ReadonlyMap<string, string> = new Map([...accented(), ...Object.entries(PLAIN)]);

/** What no tag has in it; marks belong to the letters of many scripts. */
const FOREIGN = /[^\p{L}\p{M}\p{Nd}\p{Pc}·\u200c]/gu;

/** The one spelling by which a tag is found: `Café`, `#cafe` and `CAFE` are the same (NFKC, lower case, no accents). */
export function normalizeTag(tag: string): string {
  const lower = tag.normalize('NFKC').toLowerCase();
  return Array.from(lower, (letter) => FOLDED.get(letter) ?? letter)
    .join('')
    .replace(FOREIGN, '');
}

/** Latin-1 Supplement, Latin Extended-A, and the Romanian letters with a comma below. */
function* accented(): Iterable<[string, string]> {
  for (const code of [...range(0xc0, 0x17f), ...range(0x218, 0x21b)]) {
    const letter = String.fromCodePoint(code).toLowerCase();
    const [base = ''] = letter.normalize('NFD');
    if (letter.length === 1 && base !== letter && /^[a-z]$/.test(base)) yield [letter, base];
  }
}

function* range(first: number, last: number): Iterable<number> {
  for (let code = first; code <= last; code++) yield code;
}
