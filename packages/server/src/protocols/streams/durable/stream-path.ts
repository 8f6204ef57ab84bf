import { CarillonError, MAX_TOPIC_BYTES } from '@carillon/core';

export const PREFIX = '/v1/stream/';

/** Reserved by Durable Streams §6 for subscriptions, which this server does not offer. */
const RESERVED = '__ds';
/** RFC 3986 §2.3. */
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * The topic of the stream at a URL path, inside an app. Equivalent paths (RFC 3986 §6.2.2) name one stream, and what
 * the topic grammar refuses is percent-encoded. Throws `not-found` outside the prefix and for reserved names,
 * `bad-request` for broken escapes and dot segments, `uri-too-long` when the name does not fit in a topic.
 */
export function topicOfPath(path: string, app: string): string {
  if (!path.startsWith(PREFIX) || path.length === PREFIX.length) {
    throw new CarillonError('not-found', `a stream lives at ${PREFIX}NAME`);
  }
  const name = normalise(path.slice(PREFIX.length));
  const segments = name.split('/');
  if (segments.includes('.') || segments.includes('..')) {
    throw new CarillonError('bad-request', 'the name of a stream may not contain the segments "." and ".."');
  }
  if (segments[0] === RESERVED) throw new CarillonError('not-found', 'subscriptions (__ds) are not offered here');
  const topic = `stream:${app}/${name}`;
  if (topic.length <= MAX_TOPIC_BYTES) return topic;
  throw new CarillonError('uri-too-long', `the name of a stream has at most ${MAX_TOPIC_BYTES} bytes with its app`, {
    facts: { limit: MAX_TOPIC_BYTES, length: topic.length },
  });
}

function normalise(name: string): string {
  const encoded = name.replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text.toWellFormed()));
  return encoded.replace(/%(.{0,2})/g, (escape, digits: string) => {
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) {
      throw new CarillonError('bad-request', `the path contains "${escape}", which is not a percent-encoded byte`);
    }
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}
