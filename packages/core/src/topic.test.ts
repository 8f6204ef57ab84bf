import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CarillonError } from './errors.ts';
import { isAppName, isDomainTopic, MAX_TOPIC_BYTES, parseTopic, resolveTopic, showTopic } from './topic.ts';

test.each([
  ['news', 'app:shop/news'],
  ['a/b:c', 'app:shop/a/b:c'],
  ['app:shop/news', 'app:shop/news'],
  ['app:other/news', 'app:other/news'],
  ['stream:shop/a/b', 'stream:shop/a/b'],
  ['public', 'public'],
  ['public:local', 'public:local'],
  ['account:7', 'account:7'],
  ['publicity', 'app:shop/publicity'],
  ['system', 'system'],
  ['systems', 'app:shop/systems'],
])('%s of the app shop is %s', (written, full) => {
  expect(resolveTopic(written, 'shop')).toBe(full);
});

test.each([
  ['app:shop/news', { class: 'app', app: 'shop', name: 'news' }],
  ['stream:shop/a/b', { class: 'stream', app: 'shop', name: 'a/b' }],
  ['hashtag:cats', { class: 'community', name: 'hashtag:cats' }],
  ['system', { class: 'system', name: 'system' }],
])('%s is understood', (topic, parts) => {
  expect(parseTopic(topic)).toEqual(parts);
});

test.each(['', ' ', 'a b', 'a\n', 'ü', 'a\u0000', 'app:', 'app:shop', 'app:shop/', 'app:Shop/a', 'stream:/a'])(
  '%j is no topic',
  (text) => {
    expect(() => resolveTopic(text, 'shop')).toThrow(CarillonError);
  },
);

test('is at most 200 bytes with its app', () => {
  const room = MAX_TOPIC_BYTES - 'app:shop/'.length;

  expect(resolveTopic('a'.repeat(room), 'shop')).toHaveLength(MAX_TOPIC_BYTES);
  expect(() => resolveTopic('a'.repeat(room + 1), 'shop')).toThrow('at most 200 bytes');
});

test('a full name lacks no app', () => {
  expect(() => parseTopic('news')).toThrow('lacks its app');
});

test('is shown in a form that its app reads back', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
    fc.constantFrom('app:x/y', 'stream:x/y', 'public', 'account:1', 'system', 'list', 'hashtag:a'),
  );
  fc.assert(
    fc.property(name, (text) => {
      const full = `app:shop/${text}`;

      expect(resolveTopic(showTopic(full, 'shop'), 'shop')).toBe(full);
    }),
  );
});

test('only the domain writes the words that it keeps for itself', () => {
  expect(['public', 'public:local', 'community', 'system', 'list:3', 'channel-meta:1'].every(isDomainTopic)).toBe(true);
  expect(['publicly', 'app:shop/public', 'stream:shop/system', 'lists'].some(isDomainTopic)).toBe(false);
});

test('an app name is short, small letters, digits and hyphens', () => {
  expect(['a', 'my-app', '0', 'a'.repeat(63)].every(isAppName)).toBe(true);
  expect(['', '-a', 'A', 'a/b', 'a_b', 'ä', 'a'.repeat(64)].some(isAppName)).toBe(false);
});
