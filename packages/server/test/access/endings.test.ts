import { describe, expect, test } from 'vitest';
import { ask } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import { EARS } from './ears.ts';
import {
  applicationToken,
  company,
  ends,
  hears,
  listOf,
  nativeTexts,
  open,
  PASSWORD,
  relate,
  restore,
  say,
  suspend,
  tells,
  theServer,
  tokenOf,
  withServer,
} from './endings-scene.ts';
import { openStreams } from './many-streams.ts';
import { signIn } from './sign-in.ts';

const DEADLINE_MS = 20_000;

withServer();

describe.each(EARS.map((ear) => [ear.name, ear] as const))('%s', (_, ear) => {
  test.each([
    ['its application gives it back', false],
    ['an administrator takes it', true],
  ])('ends with its token, and nothing else does, when %s', async (_name, byAdmin) => {
    const { reader, other, author } = await company();
    const given = byAdmin ? await tokenOf(reader) : await signIn(theServer(), { ...reader, password: PASSWORD });
    const held = await open(ear, { ...reader, token: given.token }, [author]);
    const bystanders = [await open(ear, reader, [author]), await open(ear, other, [author])];
    await say(author, 'before');
    for (const listening of [held, ...bystanders]) await hears(listening, 'before');

    await given.revoke();
    await say(author, 'after');

    for (const listening of bystanders) await hears(listening, 'after');
    await ends(held);
    expect(held.texts).toEqual(['before']);
    expect(bystanders.map(({ ended }) => ended)).toEqual([false, false]);
    await expect(open(ear, { ...reader, token: given.token }, [author], held.position)).rejects.toThrow(/401|refused/);
    for (const listening of bystanders) await listening.close();
  });

  test('ends when its reader is suspended, and goes on where it was when the reader is back', async () => {
    const { reader, other, author } = await company();
    const second = await tokenOf(reader);
    const own = [await open(ear, reader, [author]), await open(ear, { ...reader, token: second.token }, [author])];
    const bystander = await open(ear, other, [author]);
    await say(author, 'before');
    for (const listening of [...own, bystander]) await hears(listening, 'before');

    await suspend(reader);
    await say(author, 'after');

    await hears(bystander, 'after');
    for (const listening of own) {
      await ends(listening);
      expect(listening.texts).toEqual(['before']);
    }
    expect(bystander.ended).toBe(false);
    await expect(open(ear, reader, [author], own[0]?.position)).rejects.toThrow(/401|refused/);

    await restore(reader);
    const again = await open(ear, reader, [author], own[0]?.position);
    await hears(again, 'after');
    expect(again.texts).toEqual(['after']);
    for (const listening of [again, bystander]) await listening.close();
  });

  test('tells nothing more of an author who is suspended, until the author is back', async () => {
    const { reader, other, author } = await company();
    await relate(reader, 'follow', other);
    const start = await open(ear, reader, [author, other]);
    await say(reader, 'start');
    await hears(start, 'start');
    await start.close();
    const live = await open(ear, reader, [author, other], start.position);
    const said = await say(author, 'before');
    await say(author, `@${reader.name} named`);
    await ask(theServer(), other.token, ['POST', `/api/v1/statuses/${said}/reblog`]);
    await hears(live, 'before');

    await suspend(author);
    await expect(say(author, 'after')).rejects.toThrow(/401/);
    await expect(ask(theServer(), other.token, ['POST', `/api/v1/statuses/${said}/reblog`])).rejects.toThrow(/404/);
    await say(other, 'end');
    await hears(live, 'end');

    const replayed = await open(ear, reader, [author, other], start.position);
    await hears(replayed, 'end');
    expect(replayed.texts).toEqual(['end']);
    expect([live.ended, replayed.ended]).toEqual([false, false]);

    await restore(author);
    const back = await open(ear, reader, [author, other], start.position);
    await hears(back, 'end');
    expect(back.texts).toEqual(expect.arrayContaining(['before', `@${reader.name} named`]));
    for (const listening of [live, replayed, back]) await listening.close();
  });
});

test('posts of a suspended author are on no stream of either protocol', async () => {
  const { reader, other, author } = await company();
  await relate(reader, 'follow', other);
  const list = await listOf(reader, [author, other]);
  const streams = ['user', `list ${list}`, 'public', 'public:local', 'hashtag rose', 'direct', 'user:notification'];
  const probe = await openStreams(theServer(), reader, ['public']);
  const since = probe.position('public');
  probe.close();
  await say(author, `#rose @${reader.name} of the suspended`);
  await say(author, `@${reader.name} a letter of the suspended`, 'direct');
  await suspend(author);
  await say(other, `#rose @${reader.name} end`);
  await say(other, `@${reader.name} end`, 'direct');

  const replayed = await openStreams(theServer(), reader, streams, since);
  const natively = await Promise.all([
    nativeTexts(reader.token, [`account:${reader.id}`], since),
    nativeTexts(reader.token, ['public'], since),
    nativeTexts(await applicationToken(), ['public'], since),
    nativeTexts(await applicationToken(), ['hashtag:rose'], since),
  ]);

  for (const stream of streams) await tells(replayed, stream, 'end');
  const heard = streams.flatMap((stream) => replayed.told(stream).map((told) => `${stream}: ${told.text}`));
  expect(heard.filter((text) => text.includes('of the suspended'))).toEqual([]);
  for (const listening of natively) {
    await eventually('the end, natively', () => listening.texts.some((text) => text.includes('end')), DEADLINE_MS);
    expect(listening.texts.filter((text) => text.includes('of the suspended'))).toEqual([]);
    await listening.close();
  }
  replayed.close();
});
