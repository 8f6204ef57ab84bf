import { CarillonError, parseTopic } from '@carillon/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { topicOfPath } from './stream-path.ts';

test.each([
  ['/v1/stream/a/b', 'stream:p/a/b'],
  ['/v1/stream/%61%2Fb', 'stream:p/a%2Fb'],
  ['/v1/stream/%c3%a9', 'stream:p/%C3%A9'],
  ['/v1/stream/é', 'stream:p/%C3%A9'],
  ['/v1/stream/a b', 'stream:p/a%20b'],
  ['/v1/stream/a//', 'stream:p/a//'],
])('%s is %s', (path, topic) => {
  expect(topicOfPath(path, 'p')).toBe(topic);
});

test.each([
  ['/v1/stream/', 'not-found'],
  ['/v1/streams/a', 'not-found'],
  ['/v1/stream/__ds/subscriptions/a', 'not-found'],
  ['/v1/stream/a/../b', 'bad-request'],
  ['/v1/stream/a/%2e%2E/b', 'bad-request'],
  ['/v1/stream/a%', 'bad-request'],
  ['/v1/stream/a%zz', 'bad-request'],
  [`/v1/stream/${'a'.repeat(192)}`, 'uri-too-long'],
])('%s is refused as %s', (path, code) => {
  expect(() => topicOfPath(path, 'p')).toThrow(expect.objectContaining({ code }));
});

test('gives a topic of its app or throws our error, and names the same stream again', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[%/.a-fA-F0-9]{0,20}$/)),
      (name) => {
        let topic: string;
        try {
          topic = topicOfPath(`/v1/stream/${name}`, 'p');
        } catch (error) {
          return error instanceof CarillonError;
        }
        expect(parseTopic(topic)).toMatchObject({ class: 'stream', app: 'p' });
        return topicOfPath(`/v1/stream/${topic.slice('stream:p/'.length)}`, 'p') === topic;
      },
    ),
    { numRuns: 300 },
  );
});
