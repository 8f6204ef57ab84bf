import { expect, test } from 'vitest';
import { streamNameOf } from './streams.ts';

const BELOW = '/api/v1/streaming/';

test.each([
  ['user', 'user'],
  ['user/notification', 'user:notification'],
  ['direct', 'direct'],
  ['public', 'public'],
  ['public/local', 'public:local'],
  ['public/remote', 'public:remote'],
  ['hashtag', 'hashtag'],
  ['hashtag/local', 'hashtag:local'],
  ['list', 'list'],
  ['user/', undefined],
  ['User', undefined],
  ['public/local/', undefined],
  ['public:local', undefined],
  ['public/media', undefined],
  ['public/local/media', undefined],
  ['', undefined],
])('the path %s is the stream %s', (path, name) => {
  expect(streamNameOf(BELOW + path, null)).toBe(name);
});

test.each([
  ...[null, '', '0', 'f', 'F', 'false', 'FALSE', 'off', 'OFF'].map((value) => [value, false] as const),
  ...['1', 't', 'true', 'on', 'no', 'False', 'Off', ' '].map((value) => [value, true] as const),
])('only_media=%s asks for media alone: %s', (value, isMedia) => {
  for (const name of ['public', 'public:local', 'public:remote']) {
    expect(streamNameOf(BELOW + name.replace(':', '/'), value)).toBe(isMedia ? `${name}:media` : name);
  }
  expect(streamNameOf(`${BELOW}hashtag`, value)).toBe('hashtag');
});
