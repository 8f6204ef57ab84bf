import { CarillonError } from '@carillon/core';
import { essenceOf } from '../../../domain/index.ts';

/** RFC 9110 §8.3.1, with anything printable in the parameters. */
const FORM = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+\s*(?:;[\x20-\x7e]*)?$/i;
const MAX_LENGTH = 200;

/** A `Content-Type` field as it is kept; throws `bad-request` when it is none. */
export function checkMediaType(field: string): string {
  const value = field.trim();
  if (value.length <= MAX_LENGTH && FORM.test(value)) return value;
  throw new CarillonError('bad-request', `Content-Type must be a media type of at most ${MAX_LENGTH} characters`);
}

export function isJson(mediaType: string): boolean {
  return essenceOf(mediaType) === 'application/json';
}

/** Whether SSE carries it as text; everything else goes as base64 (Durable Streams §5.8). */
export function isText(mediaType: string): boolean {
  return isJson(mediaType) || essenceOf(mediaType).startsWith('text/');
}
