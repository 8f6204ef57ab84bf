import { type Event, NO_GRANTS, type Principal } from '@carillon/core';
import { expect, test } from 'vitest';
import type { Gate } from '../../../auth/index.ts';
import { viewOf } from '../../../view/testing/view-of.ts';
import { Viewer } from './viewer.ts';

const ME: Principal = {
  id: 'account:1',
  app: 'default',
  grants: NO_GRANTS,
  admin: false,
  credentialId: 'x',
  account: 1,
};
const gate: Gate = {
  isAllowed: () => true,
  require: () => undefined,
  isValid: () => true,
  onRevoked: () => () => undefined,
};
const ROMEO = 2;
const view = viewOf(1, {
  follows: [{ channel: 20, since: 5, affiliation: 'member', shares: true, languages: null, followed: ROMEO }],
  blocks: [9],
  chosenLanguages: ['en'],
});
const viewer = new Viewer(ME, gate, { view, onChange: () => undefined, [Symbol.dispose]: () => undefined });

const EVERYTHING = ['channel:20', 'channel:30', 'public', 'account:1'];

test.each<[string, readonly string[], Partial<Event>, boolean]>([
  ['a post after the follow', EVERYTHING, { topics: ['channel:20', 'public'], position: 6 }, true],
  ['a post before the follow', ['channel:20'], { topics: ['channel:20', 'public'], position: 5 }, false],
  [
    'a deletion before the follow',
    ['channel:20'],
    { type: 'post.deleted', topics: ['channel:20'], position: 5 },
    false,
  ],
  ['a post that came publicly before', EVERYTHING, { topics: ['channel:20', 'public'], position: 5 }, false],
  ['the same in a chosen language', EVERYTHING, post(['channel:20', 'public'], 5, { language: 'en' }), true],
  ['a post of a channel that is not followed', EVERYTHING, { topics: ['channel:30'], position: 6 }, false],
  ['a post that was not asked for', ['public'], { topics: ['channel:20'], position: 6 }, false],
  ['a post that names the blocked', EVERYTHING, post(['channel:20'], 6, { mentions: [9] }), false],
  ['a direct post', EVERYTHING, { topics: ['account:1', 'account:2'], position: 1 }, true],
  ['what is another’s', EVERYTHING, { topics: ['account:2'], position: 1 }, false],
])('%s, asked for %s', (_, asked, event, accepted) => {
  const { accepts } = viewer.choice((topic) => asked.includes(topic));

  expect(accepts?.({ ...post([], 0), ...event })).toBe(accepted);
});

function post(topics: readonly string[], position: number, routing: Event['routing'] = {}): Event {
  return {
    ...{ type: 'post.created', topics, position, id: position, time: position, erased: false, data: Buffer.of() },
    routing: { author: ROMEO, channel: 20, ...routing },
  };
}
