import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { block } from '../../../domain/index.ts';
import { account, error, status } from '../entities/testing/schemas.ts';
import { openPair } from '../testing/open-pair.ts';

const { rest, juliet, romeo, token, other } = await openPair();
afterAll(() => rest[Symbol.asyncDispose]());

async function act(id: number | string, action: string, by = token) {
  return rest.call('POST', `/api/v1/statuses/${id}/${action}`, { token: by });
}

test.each([
  ['favourite', 'unfavourite', 'favourited'],
  ['bookmark', 'unbookmark', 'bookmarked'],
  ['mute', 'unmute', 'muted'],
] as const)('%s and %s set and clear what the viewer did, twice as well as once', async (on, off, flag) => {
  const { post } = await rest.domain.post(romeo.id, 'What light');

  expect((await act(post.id, on)).as(status)[flag]).toBe(true);
  expect((await act(post.id, on)).as(status)[flag]).toBe(true);
  const others = (await rest.call('GET', `/api/v1/statuses/${post.id}`, { token: other })).as(status);
  expect(others[flag]).toBe(false);
  expect((await act(post.id, off)).as(status)[flag]).toBe(false);
  expect((await act(post.id, off)).as(status)[flag]).toBe(false);
});

test('pins only what is one’s own', async () => {
  const mine = await rest.domain.post(juliet.id, 'mine');
  const theirs = await rest.domain.post(romeo.id, 'theirs');

  expect((await act(mine.post.id, 'pin')).as(status).pinned).toBe(true);
  expect((await act(mine.post.id, 'unpin')).as(status).pinned).toBe(false);
  expect((await act(theirs.post.id, 'pin')).status).toBe(422);
});

test('pins five at most, as clients are told', async () => {
  const instance = await rest.call('GET', '/api/v2/instance');
  const { id } = await rest.domain.account('nurse');
  const by = await rest.token(id, 'write');
  const pin = async (number: number) => act((await rest.domain.post(id, `${number}`)).post.id, 'pin', by);
  for (const number of [1, 2, 3, 4, 5]) expect((await pin(number)).as(status).pinned).toBe(true);

  expect(await pin(6)).toMatchObject({ status: 422, body: { error: expect.stringMatching(/^Validation failed: /) } });
  expect(instance.body).toMatchObject({ configuration: { accounts: { max_pinned_statuses: 5 } } });
});

test('shares a status as one of its own, and takes it back', async () => {
  const { post } = await rest.domain.post(romeo.id, 'My only love');

  const share = (await act(post.id, 'reblog')).as(status);
  const again = (await act(post.id, 'reblog')).as(status);

  expect(share).toMatchObject({
    account: { acct: 'juliet' },
    reblog: { id: String(post.id), account: { acct: 'romeo' }, reblogged: true, reblogs_count: 1 },
  });
  expect(share.id).not.toBe(String(post.id));
  expect(again.id).toBe(share.id);
  const back = (await act(post.id, 'unreblog')).as(status);
  expect(back).toMatchObject({ id: String(post.id), reblogged: false, reblogs_count: 0 });
});

test.each([
  ['favourite', 'unfavourite', 'favourited'],
  ['bookmark', 'unbookmark', 'bookmarked'],
  ['mute', 'unmute', 'muted'],
] as const)('what %s did is taken back also after the viewer lost sight of the status', async (on, off, flag) => {
  const paris = await rest.domain.account(`paris_${on}`);
  const { post } = await rest.domain.post(paris.id, 'A fair daughter #love', { warning: 'praise', tags: ['love'] });
  await act(post.id, on);
  await rest.domain.run(block, { actor: paris.id, target: juliet.id, on: true });

  expect(await act(post.id, on)).toMatchObject({ status: 404 });
  const answer = (await act(post.id, off)).as(status);
  expect(await act(post.id, off)).toMatchObject({ status: 404 });

  expect(answer).toMatchObject({ id: String(post.id), [flag]: false, content: '', spoiler_text: '', tags: [] });
  expect(JSON.stringify(answer)).not.toMatch(/daughter|praise|love/);
  await rest.domain.run(block, { actor: paris.id, target: juliet.id, on: false });
  const again = (await rest.call('GET', `/api/v1/statuses/${post.id}`, { token })).as(status);
  expect(again).toMatchObject({ [flag]: false, favourites_count: 0 });
});

test('takes back the share of a status that may no longer be seen, and answers as reading it would', async () => {
  const tybalt = await rest.domain.account('tybalt');
  const { post } = await rest.domain.post(tybalt.id, 'Peace? I hate the word');
  await act(post.id, 'reblog');
  await rest.domain.run(block, { actor: tybalt.id, target: juliet.id, on: true });

  const answer = await act(post.id, 'unreblog');

  expect(answer).toMatchObject({ status: 404, body: { error: 'Record not found' } });
  const left = await rest.call('GET', `/api/v1/statuses/${post.id}`, { token: other });
  expect(left.as(status).reblogs_count).toBe(0);
});

test('shares of what others may not see are refused', async () => {
  const direct = await rest.domain.post(romeo.id, 'only for you', { visibility: 'direct', mentions: [juliet.id] });

  expect((await act(direct.post.id, 'reblog')).status).toBeGreaterThanOrEqual(403);
});

test.each([
  ['favourite', 'favourited_by'],
  ['reblog', 'reblogged_by'],
])('%s is told by %s, in pages', async (action, list) => {
  const { post } = await rest.domain.post(romeo.id, 'But soft');
  await act(post.id, action, token);
  await act(post.id, action, other);

  const first = await rest.call('GET', `/api/v1/statuses/${post.id}/${list}?limit=1`);
  const [, next = ''] = /<https:\/\/social\.example([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
  const second = await rest.call('GET', next);

  expect(first.as(z.array(account)).map(({ acct }) => acct)).toEqual(['romeo']);
  expect(second.as(z.array(account)).map(({ acct }) => acct)).toEqual(['juliet']);
});

const ACTIONS = [
  ...['favourite', 'unfavourite', 'reblog', 'unreblog', 'bookmark', 'unbookmark', 'mute', 'unmute', 'pin', 'unpin'],
  'translate',
];

test.each(ACTIONS)('%s needs a token with its scope, and a status', async (action) => {
  const { post } = await rest.domain.post(juliet.id, 'mine');
  const wrong = await rest.token(juliet.id, action === 'translate' ? 'write' : 'read');

  for (const [path, by, expected] of [
    [`/api/v1/statuses/${post.id}/${action}`, undefined, 401],
    [`/api/v1/statuses/${post.id}/${action}`, wrong, 403],
    [`/api/v1/statuses/1/${action}`, token, 404],
  ] as const) {
    const answer = await rest.call('POST', path, by === undefined ? {} : { token: by });
    expect(answer.status).toBe(expected);
    error.parse(answer.body);
  }
});

test('a status that nobody may see has no doers', async () => {
  const { post } = await rest.domain.post(romeo.id, 'alone', { visibility: 'direct' });

  expect((await rest.call('GET', `/api/v1/statuses/${post.id}/favourited_by`, { token })).status).toBe(404);
  expect((await rest.call('GET', `/api/v1/statuses/${post.id}/quotes`, { token })).status).toBe(404);
});
