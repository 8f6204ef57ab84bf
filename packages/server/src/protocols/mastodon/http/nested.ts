import { CarillonError } from '@carillon/core';

const KEY = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;
const PART = /\[([^[\]]*)\]/g;
const NUMBERS = /^\d{1,6}$/;
const MAX_PAIRS = 2_000;
const MAX_DEPTH = 8;

/**
 * Form fields as a tree: `poll[options][]=a` is `{poll: {options: ['a']}}`, a list of objects is `keywords[][id]=1`
 * (a name that the last one has begins the next) or `fields[0][name]=a`. Names without brackets are as they are.
 */
export function nest(pairs: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const root = emptyObject();
  let count = 0;
  for (const [key, value] of pairs) {
    count += 1;
    if (count > MAX_PAIRS) throw new CarillonError('too-large', `a request may have ${MAX_PAIRS} fields`);
    const [, name = key, rest = ''] = KEY.exec(key) ?? [];
    const parts = [...rest.matchAll(PART)].map(([, part = '']) => part);
    if (parts.length > MAX_DEPTH) throw new CarillonError('bad-request', `the field ${name} is nested too deep`);
    put(root, [name, ...parts], value);
  }
  for (const name of Object.keys(root)) root[name] = withLists(root[name]);
  return root;
}

type Tree = Record<string, unknown>;

/** Without a prototype, so that no name of a field means anything. */
function emptyObject(): Tree {
  // `Object.create` says nothing of what it makes.
  return Object.create(null) as Tree;
}

function put(target: Tree, [name = '', ...rest]: readonly string[], value: unknown): void {
  const [next] = rest;
  if (next === undefined) {
    target[name] = value;
    return;
  }
  if (next !== '') {
    put(branch(target, name), rest, value);
    return;
  }
  const known = target[name];
  const list: unknown[] = Array.isArray(known) ? known : [];
  target[name] = list;
  const within = rest.slice(1);
  if (within.length === 0) {
    list.push(value);
    return;
  }
  const last = list.at(-1);
  const [first = ''] = within;
  if (isTree(last) && !(first in last && within.length === 1)) return put(last, within, value);
  const item = emptyObject();
  list.push(item);
  put(item, within, value);
}

function branch(target: Tree, name: string): Tree {
  const known = target[name];
  if (isTree(known)) return known;
  const made = emptyObject();
  target[name] = made;
  return made;
}

/** Objects whose names are all numbers are lists. */
function withLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLists);
  if (!isTree(value)) return value;
  const names = Object.keys(value);
  if (names.length > 0 && names.every((name) => NUMBERS.test(name))) return names.map((name) => withLists(value[name]));
  for (const name of names) value[name] = withLists(value[name]);
  return value;
}

/** Only what `emptyObject` made: files and values are leaves. */
function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}
