import { CarillonError, MAX_JSON_DEPTH, nestsTooDeep } from '@carillon/core';

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITE_SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** Keeps a byte order mark in the text, where JSON does not allow it. */
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Checks a JSON body and gives it the form in which it is stored: one JSON array whose elements are the messages, the
 * bytes of each as they were sent (Durable Streams §9.1.2: one level of array is flattened).
 * Throws `bad-request` unless the body is exactly one JSON text in UTF-8 of at most `MAX_JSON_DEPTH` levels.
 */
export function toStoredMessages(body: Uint8Array): Uint8Array {
  let value: unknown;
  try {
    const text = STRICT_UTF8.decode(body);
    if (nestsTooDeep(text)) throw new Error(`it is nested deeper than ${MAX_JSON_DEPTH} levels`);
    value = JSON.parse(text);
  } catch (cause) {
    throw new CarillonError(
      'bad-request',
      `the body is not one JSON text in UTF-8 of at most ${MAX_JSON_DEPTH} levels, as the stream requires`,
      { cause },
    );
  }
  const trimmed = trim(body);
  return Array.isArray(value) ? trimmed : Buffer.concat([Buffer.from('['), trimmed, Buffer.from(']')]);
}

/** Whether a stored array holds no message. */
export function hasNoMessages(stored: Uint8Array): boolean {
  return elementsOf(stored).length === 0;
}

/** One JSON array of all messages of these stored arrays, in order. */
export function joinMessages(stored: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from('[')];
  for (const array of stored) {
    const elements = elementsOf(array);
    if (elements.length === 0) continue;
    if (parts.length > 1) parts.push(Buffer.from(','));
    parts.push(elements);
  }
  parts.push(Buffer.from(']'));
  return Buffer.concat(parts);
}

/** The first `count` messages as a stored array; `undefined` when there are fewer. */
export function firstMessages(stored: Uint8Array, count: number): Uint8Array | undefined {
  const elements = elementsOf(stored);
  if (count === 0) return Buffer.from('[]');
  let depth = 0;
  let seen = 0;
  for (let at = 0; at < elements.length; at++) {
    const byte = elements[at];
    if (byte === QUOTE) at = endOfString(elements, at);
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    else if (byte === COMMA && depth === 0 && ++seen === count) return inArray(elements.subarray(0, at));
  }
  return elements.length > 0 && seen + 1 === count ? inArray(elements) : undefined;
}

/** What stands between the brackets of a stored array, without white space around it. */
function elementsOf(stored: Uint8Array): Uint8Array {
  return trim(stored.subarray(1, -1));
}

function inArray(elements: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('['), elements, Buffer.from(']')]);
}

/** Index of the quote that ends the string which starts at `from`. */
function endOfString(text: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at;
}

function trim(text: Uint8Array): Uint8Array {
  let from = 0;
  let to = text.length;
  while (from < to && isWhiteSpace(text[from])) from++;
  while (to > from && isWhiteSpace(text[to - 1])) to--;
  return text.subarray(from, to);
}

function isWhiteSpace(byte: number | undefined): boolean {
  return byte !== undefined && WHITE_SPACE.includes(byte);
}
