/** Code points, as ranges that include both ends, ascending. */
export type CharacterSet = readonly (readonly [from: number, to: number])[];

const LAST = 0x10ffff;

export const DIGITS: CharacterSet = [[48, 57]];
export const WORD: CharacterSet = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
/** What `\s` is (ECMA-262 §22.2.2.9). */
export const SPACE: CharacterSet = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
/** What `.` leaves out. */
export const LINE_ENDS: CharacterSet = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];

export function only(sign: string): CharacterSet {
  const code = sign.codePointAt(0) ?? 0;
  return [[code, code]];
}

export function union(sets: readonly CharacterSet[]): CharacterSet {
  return sets.flat().toSorted(([a], [b]) => a - b);
}

export function complement(set: CharacterSet): CharacterSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) rest.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

export function meets(one: CharacterSet, other: CharacterSet): boolean {
  return one.some(([from, to]) => other.some(([start, end]) => from <= end && start <= to));
}
