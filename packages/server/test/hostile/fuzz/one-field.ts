import { EXTRA_HEADERS, METHODS, NASTY_BYTES, NASTY_JSON, NASTY_TEXTS } from './nasty.ts';
import type { Random } from './random.ts';
import type { Pair, Seed } from './seeds.ts';

export interface Mutated {
  readonly bytes: Buffer;
  /** Which part was changed. */
  readonly field: string;
}

const FIELDS = ['method', 'path', 'query', 'query', 'header', 'header', 'body', 'body', 'body'] as const;

/** The request with exactly one of its parts changed. */
export function mutateOneField(seed: Seed, random: Random): Mutated {
  const field = random.of(FIELDS);
  switch (field) {
    case 'method':
      return { field, bytes: encode({ ...seed, method: random.of(METHODS) }) };
    case 'path':
      return { field, bytes: encode({ ...seed, path: nastyPath(seed.path, random) }) };
    case 'query':
      return { field, bytes: encode({ ...seed, query: changeOne(seed.query, random) }) };
    case 'header': {
      const added = random.chance(0.3) ? [...seed.headers, random.of(EXTRA_HEADERS)] : changeOne(seed.headers, random);
      return { field, bytes: encode({ ...seed, headers: added }) };
    }
    case 'body':
      return { field, bytes: encode(seed, nastyBody(seed, random)) };
  }
}

export function encode(seed: Seed, body = bodyOf(seed)): Buffer {
  const query = seed.query.map(([name, value]) => `${name}=${value}`).join('&');
  const bytes = Buffer.from(body ?? '');
  const length: readonly Pair[] = body === undefined ? [] : [['Content-Length', String(bytes.length)]];
  const fields = [...seed.headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `${seed.method} ${seed.path}${query === '' ? '' : `?${query}`} HTTP/1.1\r\n${fields}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** JSON text with one of its values, keys or characters changed. */
export function mutateJson(value: unknown, random: Random): string {
  const text = JSON.stringify(value);
  if (random.chance(0.1)) return mutateText(text, random);
  const [start, end] = random.of(valuesOf(text));
  return text.slice(0, start) + random.of(NASTY_JSON) + text.slice(end);
}

function bodyOf({ json, text }: Seed): string | undefined {
  return json === undefined ? text : JSON.stringify(json);
}

function nastyBody({ json, text = '' }: Seed, random: Random): string {
  if (json !== undefined) return mutateJson(json, random);
  return random.chance(0.5) ? mutateText(text, random) : random.of(NASTY_JSON);
}

function nastyPath(path: string, random: Random): string {
  const at = random.below(path.length + 1);
  const piece = random.of([...NASTY_TEXTS, ...NASTY_BYTES, '/', '//', ';', '/..', '%2f', '\\', '#', '?']);
  return path.slice(0, at) + piece + path.slice(random.chance(0.5) ? at : at + 1);
}

export function changeOne(pairs: readonly Pair[], random: Random): readonly Pair[] {
  if (pairs.length === 0) return [[random.of(NASTY_TEXTS), random.of(NASTY_TEXTS)]];
  const at = random.below(pairs.length);
  const [name, value] = pairs[at] ?? ['', ''];
  const nasty = random.of([...NASTY_TEXTS, ...NASTY_BYTES]);
  const instead = random.of<readonly Pair[]>([
    [[name, nasty]],
    [[name, nasty]],
    [[name, value + nasty]],
    [[name + nasty, value]],
    [
      [name, value],
      [name, nasty],
    ],
    [],
  ]);
  return [...pairs.slice(0, at), ...instead, ...pairs.slice(at + 1)];
}

function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const piece = random.of(['', '', '"', '\\', '{', '\u0000', '\uFEFF', '\n', 'é', ...NASTY_TEXTS]);
  return text.slice(0, at) + piece + text.slice(at + random.below(4));
}

/** Where the values and keys of a JSON text stand: strings, numbers and words, and the whole. */
function valuesOf(text: string): readonly (readonly [number, number])[] {
  const found = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g)];
  return [[0, text.length], ...found.map((match) => [match.index, match.index + match[0].length] as const)];
}
