import { describe, expect, test } from 'vitest';
import { ask, type Person } from '../mastodon/people.ts';
import {
  company,
  ends,
  hears,
  listOf,
  relate,
  say,
  sse,
  tells,
  textsOf,
  theServer,
  withServer,
} from './endings-scene.ts';
import { openStreams } from './many-streams.ts';

withServer();

describe('a list', () => {
  test('goes without whom it loses from the very next event on, and other streams do not', async () => {
    const { reader, other, author } = await company();
    await relate(reader, 'follow', other);
    const list = await listOf(reader, [author, other]);
    const streams = ['user', `list ${list}`];
    const one = await openStreams(theServer(), reader, streams);
    const bystander = await openStreams(theServer(), reader, streams);
    const start = one.position('user');
    await say(author, 'a');
    for (const stream of streams) await tells(one, stream, 'a');

    await ask(theServer(), reader.token, ['DELETE', `/api/v1/lists/${list}/accounts`, { account_ids: [author.id] }]);
    await say(author, 'b');
    await say(other, 'end');

    const replayed = await openStreams(theServer(), reader, streams, start);
    for (const connection of [one, bystander, replayed]) {
      for (const stream of streams) await tells(connection, stream, 'end');
      expect(textsOf(connection, 'user')).toEqual(['a', 'b', 'end']);
      // What was there before may be read by those who may read it now, which this list may not.
      expect(textsOf(connection, `list ${list}`)).toEqual(connection === replayed ? ['end'] : ['a', 'end']);
      expect([connection.ended, connection.over]).toEqual([false, []]);
      connection.close();
    }
  });

  test('ends its own streams and no others when it is deleted', async () => {
    const { reader, author } = await company();
    const [gone, kept] = [await listOf(reader, [author]), await listOf(reader, [author])];
    const streams = ['user', `list ${gone}`, `list ${kept}`];
    const one = await openStreams(theServer(), reader, streams);
    const bystander = await openStreams(theServer(), reader, streams.slice(0, 1));
    const events = `${theServer().url}/api/v1/streaming/list?list=`;
    const [lost, stays] = [await sse(events + gone, reader), await sse(events + kept, reader)];
    await say(author, 'a');
    for (const stream of streams) await tells(one, stream, 'a');

    await ask(theServer(), reader.token, ['DELETE', `/api/v1/lists/${gone}`]);
    await say(author, 'b');

    for (const connection of [one, bystander]) await tells(connection, 'user', 'b');
    await tells(one, `list ${kept}`, 'b');
    await hears(stays, 'b');
    await ends(lost);
    expect(textsOf(one, `list ${gone}`)).toEqual(['a']);
    expect(lost.texts).toEqual(['a']);
    expect([one.over, one.ended, bystander.ended, stays.ended]).toEqual([[`list ${gone}`], false, false, false]);
    await expect(openStreams(theServer(), reader, [`list ${gone}`], one.position('user'))).rejects.toThrow(/401/);
    for (const connection of [one, bystander]) connection.close();
    await stays.close();
  });
});

test.each([
  ['unfollowing', (reader: Person, author: Person) => relate(reader, 'unfollow', author), true],
  [
    'being removed from the followers',
    (reader: Person, author: Person) => relate(author, 'remove_from_followers', reader),
    true,
  ],
  ['blocking', (reader: Person, author: Person) => relate(reader, 'block', author), false],
  ['being blocked', (reader: Person, author: Person) => relate(author, 'block', reader), false],
  ['muting', (reader: Person, author: Person) => relate(reader, 'mute', author), false],
])('%s ends what it concerns on one socket with many streams, live and on replay', async (_, part, isPublicHeard) => {
  const { reader, other, author } = await company();
  await relate(reader, 'follow', other);
  const list = await listOf(reader, [author, other]);
  const [own, open] = [['user', `list ${list}`] as const, ['public', 'public:local', 'hashtag rose'] as const];
  const streams = [...own, ...open];
  const one = await openStreams(theServer(), reader, streams);
  const bystander = await openStreams(theServer(), other, ['user', ...open]);
  const start = one.position('user');
  await say(author, '#rose a');
  for (const stream of streams) await tells(one, stream, '#rose a');

  await part(reader, author);
  await say(author, '#rose b');
  await say(other, '#rose end');

  const replayed = await openStreams(theServer(), reader, streams, start);
  for (const connection of [one, replayed]) {
    const before = connection === one ? ['#rose a'] : [];
    for (const stream of streams) await tells(connection, stream, '#rose end');
    for (const stream of own) expect(textsOf(connection, stream)).toEqual([...before, '#rose end']);
    for (const stream of open) {
      const theirs = textsOf(connection, stream).filter((text) => text !== '#rose end');
      expect(theirs).toEqual(isPublicHeard ? ['#rose a', '#rose b'] : before);
    }
    expect([connection.ended, connection.over]).toEqual([false, []]);
    connection.close();
  }
  for (const stream of ['user', ...open]) {
    await tells(bystander, stream, '#rose end');
    expect(textsOf(bystander, stream)).toEqual(['#rose a', '#rose b', '#rose end']);
  }
  bystander.close();
});
