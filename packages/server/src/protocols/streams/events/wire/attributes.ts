import { CarillonError } from '@carillon/core';

/** Characters of one attribute's value, at most. */
const MAX_VALUE_LENGTH = 1_024;
/** Extension attributes of one event, at most. */
export const MAX_EXTENSIONS = 32;

/** CloudEvents 1.0 §3, "Attribute Naming Convention"; our own bound on the length. */
const NAME_FORM = /^[a-z0-9]{1,64}$/;
/** `type/subtype` and whatever parameters follow, in visible ASCII (RFC 9110 §8.3.1). */
const MEDIA_TYPE_FORM = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:[ \t]*;[\x20-\x7e\t]*)?$/;
/** RFC 3339 §5.6; the ranges of its fields are checked by `Date`. */
const TIMESTAMP_FORM = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const TYPE_FORM = /^[\x21-\x7e]{1,200}$/;
/** Control characters that a CloudEvents String may not hold (§3.1, "Type System"). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Names that the server gives on the way out; a publisher's value could only be mistaken for the server's. */
const GIVEN_BY_SERVER = new Set(['position', 'originid', 'originsource', 'origintime']);

/**
 * How an attribute is kept beside its event. JSON has booleans and integers where headers only have text: a suffix,
 * which no attribute's name can contain, remembers which of them it was.
 */
export interface KeptAttribute {
  readonly key: string;
  readonly value: string;
}

export function keepExtension(name: string, value: unknown): KeptAttribute {
  checkName(name);
  if (typeof value === 'boolean') return { key: `${name}:b`, value: String(value) };
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < -2_147_483_648 || value > 2_147_483_647) {
      throw new CarillonError('bad-request', `attribute "${name}": a number must be an integer of 32 bits`);
    }
    return { key: `${name}:i`, value: String(value + 0) };
  }
  return { key: name, value: textValue(name, value) };
}

/** What `keepExtension` kept, as a member of a JSON object. */
export function showAttribute(key: string, value: string): string {
  const colon = key.indexOf(':');
  return colon < 0 ? `"${key}":${JSON.stringify(value)}` : `"${key.slice(0, colon)}":${value}`;
}

/** A CloudEvents String: text without control characters and lone surrogates, not empty. */
export function textValue(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new CarillonError('bad-request', `attribute "${name}" must be a string`);
  if (value === '') throw new CarillonError('bad-request', `attribute "${name}" may not be empty`);
  if (value.length > MAX_VALUE_LENGTH) {
    throw new CarillonError('too-large', `attribute "${name}" has more than ${MAX_VALUE_LENGTH} characters`, {
      facts: { limit: MAX_VALUE_LENGTH },
    });
  }
  if (CONTROL.test(value) || !value.isWellFormed()) {
    throw new CarillonError('bad-request', `attribute "${name}" has a control character or half a surrogate pair`);
  }
  return value;
}

export function typeValue(value: unknown): string {
  if (typeof value !== 'string' || !TYPE_FORM.test(value)) {
    throw new CarillonError('bad-request', '"type" must be 1 to 200 characters of printable ASCII without spaces');
  }
  return value;
}

export function timeValue(value: unknown): string {
  if (typeof value !== 'string' || !TIMESTAMP_FORM.test(value) || Number.isNaN(Date.parse(value))) {
    throw new CarillonError('bad-request', '"time" must be a timestamp like 2026-01-31T12:00:00.000Z (RFC 3339)');
  }
  return value;
}

export function mediaTypeValue(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.length > 256 || !MEDIA_TYPE_FORM.test(value)) {
    throw new CarillonError('bad-request', `"${name}" must be a media type like text/plain`);
  }
  return value;
}

/** Whether a media type declares JSON (CloudEvents JSON format §3.1.1); absent means that it does. */
export function isJsonType(mediaType: string | undefined): boolean {
  if (mediaType === undefined || mediaType === 'application/json') return true;
  const subtype = essence(mediaType).split('/')[1] ?? '';
  return subtype === 'json' || subtype.endsWith('+json');
}

/** The media type without its parameters, in lower case. */
export function essence(mediaType: string): string {
  const semicolon = mediaType.indexOf(';');
  return (semicolon < 0 ? mediaType : mediaType.slice(0, semicolon)).trim().toLowerCase();
}

function checkName(name: string): void {
  if (!NAME_FORM.test(name)) {
    throw new CarillonError('bad-request', `"${name.slice(0, 64)}" is no attribute name: use a to z and 0 to 9 only`);
  }
  if (GIVEN_BY_SERVER.has(name)) {
    throw new CarillonError('bad-request', `attribute "${name}" is given by the server; leave it out`);
  }
}
