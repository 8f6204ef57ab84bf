import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { changeListMembers, createList, flagPost, follow, followTag, react } from '../../../domain/index.ts';
import { type OpenRest, openRest, type RestAnswer } from '../testing/open-rest.ts';
import { linksOf } from './testing/links.ts';

let rest: OpenRest;
let token: string;
let romeo: number;
let list: number;
let shown: number;

/** Five of everything that is listed. */
beforeAll(async () => {
  rest = await openRest();
  const [juliet, ...others] = await rest.domain.accounts('juliet', 'romeo', 'nurse', 'tybalt', 'paris', 'lady');
  token = await rest.token(juliet.id, 'read', 'write');
  const { run, post } = rest.domain;
  romeo = others[0].id;
  list = (await run(createList, { actor: juliet.id, title: 'l', replies: 'list', exclusive: false })).id;
  for (const { id } of others) {
    await run(follow, { actor: juliet.id, target: id });
    await run(follow, { actor: id, target: juliet.id });
  }
  await run(changeListMembers, { actor: juliet.id, id: list, add: others.map(({ id }) => id) });
  shown = (await post(juliet.id, 'mine')).post.id;
  for (const [index, { id }] of others.entries()) {
    const made = await post(romeo, `${index}`, { tags: ['verona'] });
    await run(flagPost, { actor: juliet.id, id: made.post.id, flag: 'bookmarked', on: true });
    await run(react, { actor: juliet.id, id: made.post.id, emoji: '⭐', on: true });
    await run(react, { actor: id, id: shown, emoji: '⭐', on: true });
    await run(followTag, { actor: juliet.id, tag: `tag${index}`, on: true });
    await post(id, 'psst', { visibility: 'direct', mentions: [juliet.id] });
  }
});

afterAll(() => rest[Symbol.asyncDispose]());

const entities = z.array(z.looseObject({ id: z.string() }));
const get = (path: string) => rest.call('GET', path, { token });
const idsOf = (answer: RestAnswer) => answer.as(entities).map(({ id }) => id);

test.each([
  ['timelines/home', () => 'timelines/home'],
  ['timelines/public', () => 'timelines/public?local=true'],
  ['timelines/tag/:tag', () => 'timelines/tag/verona?any[]=x'],
  ['timelines/list/:id', () => `timelines/list/${list}`],
  ['timelines/direct', () => 'timelines/direct'],
  ['accounts/:id/statuses', () => `accounts/${romeo}/statuses`],
  ['accounts/:id/followers', async () => `accounts/${(await self()).id}/followers`],
  ['accounts/:id/following', async () => `accounts/${(await self()).id}/following`],
  ['lists/:id/accounts', () => `lists/${list}/accounts`],
  ['statuses/:id/favourited_by', () => `statuses/${shown}/favourited_by`],
  ['favourites', () => 'favourites'],
  ['bookmarks', () => 'bookmarks'],
  ['followed_tags', () => 'followed_tags'],
  ['conversations', () => 'conversations'],
  ['notifications', () => 'notifications?exclude_types[]=mention'],
])('%s is the same in pages, to and fro', async (_, pathOf) => {
  const path = `/api/v1/${await pathOf()}`;
  const limited = (limit: number) => `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;
  const whole = idsOf(await get(limited(40)));
  const down: (readonly string[])[] = [];
  let last: RestAnswer | undefined;
  for (let next: string | undefined = limited(2); next !== undefined; ) {
    const page = await get(next);
    const ids = idsOf(page);
    if (ids.length === 0) break;
    down.push(ids);
    last = page;
    ({ next } = linksOf(page));
  }
  const up: (readonly string[])[] = [];
  for (let prev = last && linksOf(last).prev; prev !== undefined; ) {
    const page = await get(prev);
    const ids = idsOf(page);
    if (ids.length === 0) break;
    up.unshift(ids);
    ({ prev } = linksOf(page));
  }

  expect(whole.length).toBeGreaterThan(4);
  expect(new Set(whole).size).toBe(whole.length);
  expect(down.flat()).toEqual(whole);
  expect(up.flat()).toEqual(whole.slice(0, whole.length - (down.at(-1)?.length ?? 0)));
});

test('since_id gives the newest above it, min_id the nearest', async () => {
  const path = '/api/v1/timelines/tag/verona';
  const [first, second, third, , fifth] = idsOf(await get(path));

  expect(idsOf(await get(`${path}?limit=2&since_id=${fifth}`))).toEqual([first, second]);
  expect(idsOf(await get(`${path}?limit=1&min_id=${fifth}`))).not.toEqual([first]);
  expect(idsOf(await get(`${path}?limit=2&since_id=${third}`))).toEqual([first, second]);
  expect(idsOf(await get(`${path}?max_id=${second}&min_id=${fifth}`))).toHaveLength(2);
});

async function self(): Promise<{ readonly id: string }> {
  const { body } = await get('/api/v1/accounts/verify_credentials');
  return z.looseObject({ id: z.string() }).parse(body);
}
