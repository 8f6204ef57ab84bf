import { expect, test } from 'vitest';
import { CarillonError } from './errors.ts';
import { ALL_GRANTS, checkGrants, isGranted, NO_GRANTS } from './grants.ts';

const granting = (...patterns: readonly string[]) => ({ publish: patterns, subscribe: patterns });

test.each([
  ['news', 'app:shop/news', true],
  ['news', 'app:shop/newsletter', false],
  ['news/*', 'app:shop/news/1', true],
  ['news/*', 'app:shop/news', false],
  ['app:shop/news', 'app:shop/news', true],
  ['app:shop/*', 'app:shop/anything', true],
  ['*', 'app:shop/anything', true],
  ['*', 'stream:shop/a', true],
  ['stream:shop/*', 'stream:shop/a', true],
  ['stream:shop/*', 'app:shop/a', false],
  ['app:other/news', 'app:other/news', false],
  ['app:*', 'app:other/news', false],
])('the grant %s reaches %s: %s', (pattern, topic, granted) => {
  expect(isGranted(granting(pattern), 'shop', 'publish', topic)).toBe(granted);
  expect(isGranted(granting(pattern), 'shop', 'subscribe', topic)).toBe(granted);
});

const DOMAIN = [
  'account:7',
  'channel:1',
  'channel-meta:1',
  'public',
  'public:local',
  'hashtag:cats',
  'community',
  'presence',
  'list:3',
];

test.each(DOMAIN)('no grant publishes to %s', (topic) => {
  for (const grants of [ALL_GRANTS, granting('*'), granting(topic), granting('account:*', 'public:*', 'channel:*')]) {
    expect(isGranted(grants, 'default', 'publish', topic)).toBe(false);
  }
});

test.each(DOMAIN)('%s is subscribed to only by a grant that names it', (topic) => {
  expect(isGranted(ALL_GRANTS, 'default', 'subscribe', topic)).toBe(true);
  expect(isGranted(granting(topic), 'default', 'subscribe', topic)).toBe(true);
  expect(isGranted(granting('*'), 'default', 'subscribe', topic)).toBe(false);
});

test('nothing reaches system', () => {
  for (const grants of [ALL_GRANTS, granting('*'), granting('system')]) {
    expect(isGranted(grants, 'default', 'subscribe', 'system')).toBe(false);
    expect(isGranted(grants, 'default', 'publish', 'system')).toBe(false);
  }
});

test('nothing is granted by nothing', () => {
  expect(isGranted(NO_GRANTS, 'default', 'subscribe', 'app:default/news')).toBe(false);
});

test.each(['*', 'news', 'news/*', 'app:shop/*', 'account:*', 'stream:shop/a'])('%s is a grant', (pattern) => {
  expect(() => checkGrants(granting(pattern), 'shop')).not.toThrow();
});

test.each(['', 'ne*', '*news', 'news/*/a', '**', 'a b', 'news/**', 'ü'])('%j is no grant', (pattern) => {
  expect(() => checkGrants(granting(pattern), 'shop')).toThrow(CarillonError);
});
