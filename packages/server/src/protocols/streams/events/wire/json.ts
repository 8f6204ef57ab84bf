import { isUtf8 } from 'node:buffer';
import { CarillonError, MAX_JSON_DEPTH, nestsTooDeep } from '@carillon/core';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * One member of an object or array with the text of its value: numbers beyond what JavaScript holds, lone surrogates
 * in escapes and the order of keys reach the reader as they were written.
 */
export interface RawMember {
  /** Empty for the items of an array. */
  readonly key: string;
  readonly value: unknown;
  readonly text: string;
}

/** Decodes bytes as UTF-8 without repairing anything (RFC 8259 §8.1: no byte order mark either). */
export function decodeUtf8(bytes: Buffer, source: string): string {
  if (!isUtf8(bytes)) throw new CarillonError('bad-request', `${source} is not valid UTF-8`);
  return bytes.toString('utf8');
}

export function parseJson(text: string, source: string): unknown {
  if (nestsTooDeep(text)) throw tooDeep(source);
  try {
    return JSON.parse(text);
  } catch {
    throw new CarillonError('bad-request', `${source} is not valid JSON`);
  }
}

/**
 * The members of an object, in the order written. A key that stands twice is refused, so that nobody can be shown
 * one value and obeyed another. `text` must be what `value` was parsed from.
 */
export function objectMembers(text: string, value: unknown, source: string): readonly RawMember[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CarillonError('bad-request', `${source} must be a JSON object`);
  }
  const members: RawMember[] = [];
  let count = 0;
  let at = skipSpace(text, 0) + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (text.charCodeAt(at) === CLOSE_OBJECT) break;
    const keyEnd = skipString(text, at);
    const key = keyOf(text, at, keyEnd);
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, start);
    members.push({ key, value: Reflect.get(value, key), text: text.slice(start, end) });
    count++;
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at++;
  }
  if (count !== Object.keys(value).length) {
    throw new CarillonError('bad-request', `${source} has the same key twice: "${repeatedKey(members)}"`);
  }
  return members;
}

/** The items of an array, in order; more than `limit` are refused before they are looked at. */
export function arrayItems(text: string, value: readonly unknown[]): readonly RawMember[] {
  const items: RawMember[] = [];
  let at = skipSpace(text, 0) + 1;
  for (const item of value) {
    const start = skipSpace(text, at);
    const end = skipValue(text, start);
    items.push({ key: '', value: item, text: text.slice(start, end) });
    at = skipSpace(text, end) + 1;
  }
  return items;
}

function tooDeep(source: string): CarillonError {
  return new CarillonError('bad-request', `${source} is nested deeper than ${MAX_JSON_DEPTH} levels`);
}

function repeatedKey(members: readonly RawMember[]): string {
  const seen = new Set<string>();
  return members.find(({ key }) => seen.size === seen.add(key).size)?.key ?? '';
}

function keyOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end))) : raw;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 0x09 && code <= 0x0d); code = text.charCodeAt(at))
    at++;
  return at;
}

function skipString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    at = text.indexOf('"', at);
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = skipString(text, at) - 1;
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth++;
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      if (depth === 0) return at;
      depth--;
    } else if (depth > 0 || !isValueEnd(code)) continue;
    else return at;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function isValueEnd(code: number): boolean {
  return code === COMMA || code <= 0x20;
}
