import { formatToken } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Company, startCompany } from '../../../../test/mastodon/streaming-company.ts';
import { deletePost, follow } from '../../../domain/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let company: Company;

beforeAll(async () => {
  company = await startCompany();
});

afterAll(() => company[Symbol.asyncDispose]());

const run: Company['run'] = (message, input) => company.run(message, input);
const post: Company['post'] = (actor, text, options) => company.post(actor, text, options);
function people<const Names extends readonly string[]>(...names: Names) {
  return company.people(...names);
}
const open: Company['open'] = (...wish) => company.open(...wish);

describe('after a lost connection', () => {
  it.each([
    ['the header', (id: string) => ({ query: '', headers: { 'Last-Event-ID': id } })],
    ['last_event_id', (id: string) => ({ query: '?last_event_id=' + id, headers: {} })],
    ['since', (id: string) => ({ query: '?since=' + id, headers: {} })],
    ['the header before the query', (id: string) => ({ query: '?since=nonsense', headers: { 'Last-Event-ID': id } })],
  ])('goes on after what %s names', async (_, wish) => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    await post(romeo.id, 'one');
    const { query, headers } = wish(company.here());
    await post(romeo.id, 'two');
    const { post: gone } = await post(romeo.id, 'a secret');
    await run(deletePost, { actor: romeo.id, id: gone.id });
    using stream = await open(`user${query}`, juliet, headers);
    await post(romeo.id, 'three');
    await stream.until(({ words }) => words.includes('update three'), 'the last');

    expect(stream.words).toEqual(['update two', `delete ${gone.id}`, 'update three']);
    expect(stream.body).not.toContain('a secret');
  });

  it.each([
    ['nonsense', () => 'nonsense', 'malformed'],
    ['a place in another history', () => formatToken({ position: 3, epoch: 'otherone' }), 'epoch'],
    [
      'a place that is not reached yet',
      () => formatToken({ ...company.server.domain.log.head, position: 9_999_999 }),
      'ahead',
    ],
  ])('says of %s that something may be missing, and goes on', async (_, id, reason) => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    await post(romeo.id, 'kept');
    using stream = await open('user', juliet, { 'Last-Event-ID': id() });
    await stream.until(({ words }) => words.includes('update kept'), 'what is kept');
    const [gap] = stream.heard;

    expect(stream.status).toBe(200);
    expect(gap).toMatchObject({ event: 'gap', payload: JSON.stringify({ reason }) });
    using again = await open('user', juliet, { 'Last-Event-ID': gap?.id ?? '' });
    await again.until(({ words }) => words.includes('update kept'), 'what is kept');
    expect(again.words.some((word) => word.startsWith('gap'))).toBe(false);
  });

  it('names where it begins to whoever asks for it', async () => {
    const [juliet] = await people('juliet');
    const start = company.here();
    using stream = await open('user?since=now', juliet);
    await stream.until(({ heard }) => heard.length === 1, 'the place');

    expect(stream.heard).toEqual([{ event: 'subscribed', id: start, payload: '{}' }]);
  });
});

describe('a stream ends', () => {
  it('at once when its token is revoked, and no other', async () => {
    const [juliet] = await people('juliet');
    const other = { ...juliet, token: await company.server.token(juliet.id) };
    using first = await open('user', juliet);
    using second = await open('user', other);
    await company.server.revoke(juliet.token);
    await first.until(({ ended }) => ended, 'the end');
    await post(juliet.id, 'still here');
    await second.until(({ words }) => words.includes('update still here'), 'the post');

    expect(first.words).toEqual([]);
    expect(second.ended).toBe(false);
  });
});
