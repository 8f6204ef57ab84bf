import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type AccountView, follow } from '../../../domain/index.ts';
import { error, publicStatus, status } from '../entities/testing/schemas.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

const seen = z.array(status);

let rest: OpenRest;
let juliet: AccountView;
let romeo: AccountView;
let nurse: AccountView;
let token: string;

beforeAll(async () => {
  rest = await openRest();
  [juliet, romeo, nurse] = await rest.domain.accounts('juliet', 'romeo', 'nurse');
  token = await rest.token(juliet.id, 'read', 'write', 'follow');
  await rest.domain.run(follow, { actor: juliet.id, target: romeo.id });
  for (const number of [1, 2, 3, 4, 5]) {
    await rest.domain.post(romeo.id, `romeo ${number} #love`, { tags: ['love', ...(number > 3 ? ['Death'] : [])] });
  }
  await rest.domain.post(nurse.id, 'nurse 1', { visibility: 'public' });
});

afterAll(async () => {
  await rest[Symbol.asyncDispose]();
});

async function texts(path: string, by: string | undefined = token) {
  const answer = await rest.call('GET', path, by === undefined ? {} : { token: by });
  return answer
    .as(by === undefined ? z.array(publicStatus) : seen)
    .map(({ content }) => content.replace(/<[^>]*>/g, ''));
}

function linkOf(headers: Headers, rel: string): string {
  const found = new RegExp(`<https://social\\.example([^>]*)>; rel="${rel}"`).exec(headers.get('link') ?? '');
  if (!found) throw new Error(`no ${rel} in ${headers.get('link')}`);
  return found[1] ?? '';
}

test('home shows whom one follows, and pages to and fro by its links', async () => {
  const first = await rest.call('GET', '/api/v1/timelines/home?limit=2', { token });
  const second = await rest.call('GET', linkOf(first.headers, 'next'), { token });
  const back = await rest.call('GET', linkOf(second.headers, 'prev'), { token });
  const ids = (answer: typeof first) => answer.as(seen).map(({ content }) => content);

  expect(ids(first)).toEqual(['<p>romeo 5 #love</p>', '<p>romeo 4 #love</p>']);
  expect(ids(second)).toEqual(['<p>romeo 3 #love</p>', '<p>romeo 2 #love</p>']);
  expect(ids(back)).toEqual(ids(first));
  expect(await texts('/api/v1/timelines/home')).not.toContain('nurse 1');
});

test('public shows everybody, to anybody', async () => {
  expect(await texts('/api/v1/timelines/public?limit=2', undefined)).toEqual(['nurse 1', 'romeo 5 #love']);
  expect(await texts('/api/v1/timelines/public?local=true&limit=1')).toEqual(['nurse 1']);
  expect(await texts('/api/v1/timelines/public?remote=1')).toEqual([]);
  expect(await texts('/api/v1/timelines/public?only_media=true')).toEqual([]);
});

test('a tag is found in any spelling, with others beside it or not', async () => {
  expect(await texts('/api/v1/timelines/tag/L%C3%B6ve?limit=1', undefined)).toEqual(['romeo 5 #love']);
  expect(await texts('/api/v1/timelines/tag/love?all[]=death')).toHaveLength(2);
  expect(await texts('/api/v1/timelines/tag/love?none[]=death')).toHaveLength(3);
  expect(await texts('/api/v1/timelines/tag/death?any[]=love')).toHaveLength(5);
  const first = await rest.call('GET', '/api/v1/timelines/tag/love?limit=2', { token });
  const second = await rest.call('GET', linkOf(first.headers, 'next'), { token });
  expect(second.as(seen).map(({ content }) => content)).toEqual(['<p>romeo 3 #love</p>', '<p>romeo 2 #love</p>']);
});

test('a list shows its members, to its owner alone', async () => {
  const list = await rest.call('POST', '/api/v1/lists', { token, body: { title: 'Montagues' } });
  const { id } = z.object({ id: z.string() }).parse(list.body);
  await rest.call('POST', `/api/v1/lists/${id}/accounts`, { token, body: { account_ids: [String(romeo.id)] } });
  const { post } = await rest.domain.post(romeo.id, 'on the list');
  const other = await rest.token(nurse.id, 'read');

  const page = await rest.call('GET', `/api/v1/timelines/list/${id}?limit=1`, { token });

  expect(page.as(seen).map((each) => each.id)).toEqual([String(post.id)]);
  expect(linkOf(page.headers, 'next')).toBe(`/api/v1/timelines/list/${id}?limit=1&max_id=${post.id}`);
  expect((await rest.call('GET', `/api/v1/timelines/list/${id}`, { token: other })).status).toBe(404);
});

test.each(['favourite', 'bookmark'])('what one %ss is listed in the order of doing so', async (action) => {
  const made = [await rest.domain.post(nurse.id, 'a'), await rest.domain.post(nurse.id, 'b')];
  const [a, b] = made.map(({ post }) => String(post.id));
  for (const id of [b, a]) await rest.call('POST', `/api/v1/statuses/${id}/${action}`, { token });

  const first = await rest.call('GET', `/api/v1/${action}s?limit=1`, { token });
  const second = await rest.call('GET', linkOf(first.headers, 'next'), { token });

  expect(first.as(seen).map(({ id }) => id)).toEqual([a]);
  expect(second.as(seen).map(({ id }) => id)).toEqual([b]);
});

test('direct shows the last status of each conversation', async () => {
  const { post } = await rest.domain.post(nurse.id, 'psst', { visibility: 'direct', mentions: [juliet.id] });

  expect((await rest.call('GET', '/api/v1/timelines/direct', { token })).as(seen)).toMatchObject([
    { id: String(post.id) },
  ]);
});

test('filters mark what they find in every list of statuses', async () => {
  const reader = await rest.token(nurse.id, 'read', 'write');
  const body = { title: 'no love', context: ['home'], keywords_attributes: [{ keyword: 'ROMEO', whole_word: true }] };
  await rest.call('POST', '/api/v2/filters', { token: reader, body });

  const rows = (await rest.call('GET', '/api/v1/timelines/tag/love', { token: reader })).as(seen);
  const mine = (await rest.call('GET', '/api/v1/timelines/tag/love', { token })).as(seen);

  expect(rows).toHaveLength(5);
  for (const { filtered } of rows) {
    expect(filtered).toMatchObject([
      { filter: { title: 'no love', filter_action: 'warn' }, keyword_matches: ['ROMEO'] },
    ]);
  }
  expect(mine.every(({ filtered }) => filtered.length === 0)).toBe(true);
});

test.each([
  ['/api/v1/timelines/home', 'read:lists'],
  ['/api/v1/timelines/list/1', 'read:statuses'],
  ['/api/v1/timelines/direct', 'read:lists'],
  ['/api/v1/favourites', 'read:statuses'],
  ['/api/v1/bookmarks', 'read:statuses'],
])('%s needs a token with its scope', async (path, wrong) => {
  const without = await rest.call('GET', path);
  const outside = await rest.call('GET', path, { token: await rest.token(juliet.id, wrong) });

  expect([without.status, outside.status]).toEqual([401, 403]);
  error.parse(outside.body);
});

test('a cursor that is no id is refused', async () => {
  expect((await rest.call('GET', '/api/v1/timelines/home?max_id=later', { token })).status).toBe(422);
  expect((await rest.call('GET', '/api/v1/timelines/public?access_token=wrong')).status).toBe(401);
});
