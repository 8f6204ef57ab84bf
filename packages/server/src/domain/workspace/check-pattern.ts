import { PatternFault, type PatternNode } from './parse-pattern.ts';
import { type CharacterSet, meets } from './pattern-sets.ts';

const MAX_POSITIONS = 200;
/** Pairs that are looked at; patterns of people need a few thousand. */
const MAX_STEPS = 2_000_000;
const START = 0;

interface Part {
  /** Whether it takes nothing. */
  readonly empty: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/**
 * Throws `PatternFault` unless every text fits the pattern in one way at most. A matcher that goes back on its choices
 * then has no more open ways at a place of the text than the pattern has characters: two ways to the same place of the
 * pattern would be two ways to fit whatever follows. So a failed attempt costs time in proportion to the text, where
 * `(a+)+b` costs a power of two and `a*a*b` a square of it. Repeats that end are taken as endless: that has at least as
 * many ways. The pattern's positions and what may follow each (Glushkov's automaton) are walked in pairs that read the
 * same text; two that part and come together again are two ways.
 */
export function checkPattern(node: PatternNode): void {
  const positions: CharacterSet[] = [[]];
  const follow: Set<number>[] = [new Set()];
  const whole = build(node, positions, follow);
  if (whole.empty) throw new PatternFault('the pattern fits where there is nothing');
  const end = positions.push([]) - 1;
  follow.push(new Set());
  connect(follow, [START], whole.first);
  connect(follow, whole.last, [end]);
  if (hasTwoWays(positions, follow, end)) {
    throw new PatternFault('a text can fit the pattern in two ways, which makes matching slow; leave one of them');
  }
}

function build(node: PatternNode, positions: CharacterSet[], follow: Set<number>[]): Part {
  switch (node.kind) {
    case 'set': {
      if (positions.length > MAX_POSITIONS) throw new PatternFault(`it has more than ${MAX_POSITIONS} characters`);
      const position = positions.push(node.set) - 1;
      follow.push(new Set());
      return { empty: false, first: [position], last: [position] };
    }
    case 'assertion':
      return { empty: true, first: [], last: [] };
    case 'repeat': {
      const part = build(node.part, positions, follow);
      if (part.empty) throw new PatternFault('what may be nothing is repeated');
      if (node.many) connect(follow, part.last, part.first);
      return { ...part, empty: node.optional };
    }
    case 'choice': {
      const parts = node.parts.map((part) => build(part, positions, follow));
      if (parts.filter(({ empty }) => empty).length > 1) throw new PatternFault('two choices may be nothing');
      return {
        empty: parts.some(({ empty }) => empty),
        first: parts.flatMap(({ first }) => first),
        last: parts.flatMap(({ last }) => last),
      };
    }
    case 'sequence':
      return node.parts
        .map((part) => build(part, positions, follow))
        .reduce((before, part) => {
          connect(follow, before.last, part.first);
          return {
            empty: before.empty && part.empty,
            first: before.empty ? [...before.first, ...part.first] : before.first,
            last: part.empty ? [...before.last, ...part.last] : part.last,
          };
        });
  }
}

function connect(follow: readonly Set<number>[], from: readonly number[], to: readonly number[]): void {
  for (const start of from) {
    for (const position of to) {
      if (follow[start]?.has(position)) throw new PatternFault('a repeat inside a repeat can share a text in two ways');
      follow[start]?.add(position);
    }
  }
}

/** Whether two different ways through the pattern read the same text from the start to the end. */
function hasTwoWays(positions: readonly CharacterSet[], follow: readonly Set<number>[], end: number): boolean {
  const size = positions.length;
  const before = new Map<number, number[]>();
  const seen = new Set([START]);
  let steps = 0;
  const open = [START];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [one, other] = [Math.floor(pair / size), pair % size];
    for (const left of follow[one] ?? []) {
      for (const right of follow[other] ?? []) {
        if (++steps > MAX_STEPS) throw new PatternFault('it is too intricate');
        if (left !== right && !meets(positions[left] ?? [], positions[right] ?? [])) continue;
        const next = left * size + right;
        const known = before.get(next);
        if (known) known.push(pair);
        else before.set(next, [pair]);
        if (!seen.has(next)) {
          seen.add(next);
          open.push(next);
        }
      }
    }
  }
  return leadsHere(before, end * size + end, (pair) => Math.floor(pair / size) !== pair % size);
}

function leadsHere(before: ReadonlyMap<number, readonly number[]>, to: number, is: (pair: number) => boolean): boolean {
  const seen = new Set([to]);
  const open = [to];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    if (is(pair)) return true;
    for (const earlier of before.get(pair) ?? []) {
      if (seen.has(earlier)) continue;
      seen.add(earlier);
      open.push(earlier);
    }
  }
  return false;
}
