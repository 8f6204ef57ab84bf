import { type CharacterSet, complement, DIGITS, LINE_ENDS, only, SPACE, union, WORD } from './pattern-sets.ts';

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  /** `^`, `$`, `\b`, `\B`: they take nothing. */
  | { readonly kind: 'assertion' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly optional: boolean; readonly many: boolean };

export interface ParsedPattern {
  readonly node: PatternNode;
  readonly names: readonly string[];
  /** The same for JavaScript, with its flag `u`. */
  readonly source: string;
}

/** What is wrong with a pattern, for people. */
export class PatternFault extends Error {}

const MAX_DEPTH = 20;
const MAX_REPEATS = 1_000;
const NAMED = /^\(\?P?<([A-Za-z_][A-Za-z0-9_]{0,30})>/;
const BOUNDS = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/;
const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;

/**
 * The part of RE2's language that JavaScript has too: characters, `.`, classes, groups with a name or without, choices,
 * repeats, `^ $ \b \B`. Throws `PatternFault` for everything else: references, looking around, flags, Unicode classes.
 */
export function parsePattern(pattern: string): ParsedPattern {
  return new PatternReader(pattern).read();
}

class PatternReader {
  readonly #signs: readonly string[];
  readonly #names: string[] = [];
  #at = 0;
  #source = '';

  constructor(pattern: string) {
    this.#signs = Array.from(pattern);
  }

  read(): ParsedPattern {
    const node = this.#choice(0);
    if (this.#at < this.#signs.length) throw new PatternFault('a ) closes nothing');
    return { node, names: this.#names, source: this.#source };
  }

  #choice(depth: number): PatternNode {
    if (depth > MAX_DEPTH) throw new PatternFault('groups are nested too deep');
    const parts = [this.#sequence(depth)];
    while (this.#take('|')) {
      this.#source += '|';
      parts.push(this.#sequence(depth));
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
  }

  #sequence(depth: number): PatternNode {
    const parts: PatternNode[] = [];
    for (let sign = this.#next(); sign !== undefined && sign !== '|' && sign !== ')'; sign = this.#next()) {
      parts.push(this.#repeats(this.#atom(depth)));
    }
    if (parts.length === 0) throw new PatternFault('a choice or a group is empty');
    return { kind: 'sequence', parts };
  }

  #repeats(part: PatternNode): PatternNode {
    const times = this.#times();
    if (!times) return part;
    if (part.kind === 'assertion') throw new PatternFault('what takes nothing is repeated');
    if (this.#take('?')) this.#source += '?';
    if (this.#times()) throw new PatternFault('a repeat is repeated');
    return { kind: 'repeat', part, ...times };
  }

  #times(): { readonly optional: boolean; readonly many: boolean } | undefined {
    const sign = this.#next();
    if (sign === '*' || sign === '+' || sign === '?') {
      this.#at++;
      this.#source += sign;
      return { optional: sign !== '+', many: sign !== '?' };
    }
    const bounds = sign === '{' ? BOUNDS.exec(this.#signs.slice(this.#at, this.#at + 12).join('')) : null;
    if (!bounds) return undefined;
    const least = Number(bounds[1]);
    const most = bounds[2] === undefined ? least : Number(bounds[3] ?? Number.POSITIVE_INFINITY);
    if (most < least || most === 0 || (most !== Number.POSITIVE_INFINITY && most > MAX_REPEATS)) {
      throw new PatternFault(`${bounds[0]} repeats in an odd way`);
    }
    this.#at += bounds[0].length;
    this.#source += bounds[0];
    return { optional: least === 0, many: most > 1 };
  }

  #atom(depth: number): PatternNode {
    const sign = this.#next() ?? '';
    if (sign === '(') return this.#group(depth);
    if (sign === '[') return { kind: 'set', set: this.#class() };
    if ('*+?{}]'.includes(sign))
      throw new PatternFault(`a ${sign} stands where nothing can be repeated; write \\${sign}`);
    this.#at++;
    if (sign === '\\') return this.#escape();
    this.#source += sign === '/' ? '\\/' : sign;
    if (sign === '^' || sign === '$') return { kind: 'assertion' };
    return { kind: 'set', set: sign === '.' ? complement(LINE_ENDS) : only(sign) };
  }

  #group(depth: number): PatternNode {
    const ahead = this.#signs.slice(this.#at, this.#at + 40).join('');
    const name = NAMED.exec(ahead);
    const opening = name?.[0] ?? (ahead.startsWith('(?:') ? '(?:' : '(');
    if (opening === '(' && ahead.startsWith('(?')) throw new PatternFault('flags and looking around are not taken');
    this.#at += opening.length;
    if (name?.[1] !== undefined) {
      if (this.#names.includes(name[1])) throw new PatternFault(`two groups have the name ${name[1]}`);
      this.#names.push(name[1]);
    }
    this.#source += name ? `(?<${name[1]}>` : '(?:';
    const node = this.#choice(depth + 1);
    if (!this.#take(')')) throw new PatternFault('a ( is not closed');
    this.#source += ')';
    return node;
  }

  /** Behind the backslash. */
  #escape(): PatternNode {
    const sign = this.#signs[this.#at++] ?? '';
    if (sign === 'b' || sign === 'B') {
      this.#source += `\\${sign}`;
      return { kind: 'assertion' };
    }
    const set = CLASSES[sign];
    this.#source += set ? `\\${sign}` : literal(sign);
    return { kind: 'set', set: set ?? only(sign) };
  }

  #class(): CharacterSet {
    this.#at++;
    const isNegated = this.#take('^');
    this.#source += isNegated ? '[^' : '[';
    const sets: CharacterSet[] = [];
    for (let sign = this.#next(); sign !== ']'; sign = this.#next()) {
      if (sign === undefined) throw new PatternFault('a [ is not closed');
      sets.push(this.#member());
    }
    if (sets.length === 0) throw new PatternFault('a class is empty');
    this.#at++;
    this.#source += ']';
    return isNegated ? complement(union(sets)) : union(sets);
  }

  #member(): CharacterSet {
    const first = this.#sign();
    if (typeof first !== 'string') return first;
    const isRange = this.#next() === '-' && this.#signs[this.#at + 1] !== ']' && this.#at + 1 < this.#signs.length;
    if (!isRange) return only(first);
    this.#at++;
    this.#source += '-';
    const last = this.#sign();
    const [from, to] = [first.codePointAt(0) ?? 0, typeof last === 'string' ? (last.codePointAt(0) ?? 0) : -1];
    if (to < from) throw new PatternFault('a range of a class ends before it begins');
    return [[from, to]];
  }

  /** One sign of a class, or a class inside it. */
  #sign(): string | CharacterSet {
    let sign = this.#signs[this.#at++] ?? '';
    if (sign === '[') throw new PatternFault('a [ inside a class is written \\[');
    if (sign === '\\') {
      sign = this.#signs[this.#at++] ?? '';
      const set = CLASSES[sign];
      if (set) {
        this.#source += `\\${sign}`;
        return set;
      }
      literal(sign);
    }
    this.#source += SYNTAX.test(sign) || sign === '-' ? `\\${sign}` : sign;
    return sign;
  }

  #next(): string | undefined {
    return this.#signs[this.#at];
  }

  #take(sign: string): boolean {
    if (this.#next() !== sign) return false;
    this.#at++;
    return true;
  }
}

/** An escaped sign stands for itself; letters and digits have other meanings behind a backslash. */
function literal(sign: string): string {
  if (!/^[!-/:-@[-`{-~ ]$/.test(sign)) throw new PatternFault(`\\${sign} is not taken`);
  return SYNTAX.test(sign) ? `\\${sign}` : sign;
}
