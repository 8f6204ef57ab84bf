import { createHash } from 'node:crypto';
import type { NewEvent } from '@carillon/core';

/**
 * Stands for everything a publish asked for, so that a key used again for something else is noticed. Each part goes
 * in with its length: two different publishes never run together into the same text.
 */
export function digestOf(events: readonly NewEvent[]): string {
  const hash = createHash('sha256');
  const add = (part: string | Uint8Array) => {
    hash.update(`${typeof part === 'string' ? Buffer.byteLength(part) : part.length}:`);
    hash.update(part);
  };
  for (const event of events) {
    add(event.type);
    add(JSON.stringify(event.topics));
    add(event.contentType ?? '');
    add(JSON.stringify(Object.entries(event.attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));
    add(event.data);
  }
  return hash.digest('base64url');
}
