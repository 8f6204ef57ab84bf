import { CarillonError, ERRORS, type ErrorCode } from '@carillon/core';
import * as fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { RateLimiter } from '../../../auth/index.ts';
import { readFields } from './body.ts';
import { checked } from './call.ts';
import { failure, refuseOauth } from './failure.ts';
import { flag, idField, many } from './fields.ts';
import { nest } from './nested.ts';
import { pageLinks, readPage } from './paging.ts';
import { coversScopes, hasScope, readScopes } from './scopes.ts';

describe('form fields', () => {
  test.each([
    ['a=1', { a: '1' }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['poll[options][]=x&poll[options][]=y&poll[multiple]=true', { poll: { options: ['x', 'y'], multiple: 'true' } }],
    ['f[0][name]=a&f[0][value]=b&f[1][name]=c', { f: [{ name: 'a', value: 'b' }, { name: 'c' }] }],
    ['k[][a]=1&k[][b]=2&k[][a]=3', { k: [{ a: '1', b: '2' }, { a: '3' }] }],
    ['a[b', { 'a[b': '1' }],
    ['__proto__[polluted]=1', { ['__proto__']: { polluted: '1' } }],
    ['a=1&a=2', { a: '2' }],
    ['a=1&a[b]=2', { a: { b: '2' } }],
  ])('%s', (query, wanted) => {
    const text = query === 'a[b' ? 'a[b=1' : query;
    const made = nest(new URLSearchParams(text));

    expect(JSON.parse(JSON.stringify(made))).toEqual(JSON.parse(JSON.stringify(wanted)));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('of any shape never throw anything but our error', () => {
    const key = fc
      .array(fc.constantFrom('a', 'b', '[', ']', '[]', '[0]', '__proto__', 'constructor'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string())), (pairs) => {
        try {
          nest(pairs);
        } catch (error) {
          expect(error).toBeInstanceOf(CarillonError);
        }
        expect(({} as Record<string, unknown>)['a']).toBeUndefined();
      }),
    );
  });

  test('have a limit of number and depth', () => {
    expect(() => nest(new Array<readonly [string, string]>(2_001).fill(['a', '1']))).toThrow(/2000 fields/);
    expect(() => nest([[`a${'[b]'.repeat(9)}`, '1']])).toThrow(/too deep/);
  });
});

describe('bodies', () => {
  const app = new Hono();
  app.all('/', async (context) => {
    const { file, ...fields } = await readFields(context);
    return context.json({ ...fields, ...(file instanceof File ? { size: file.size } : {}) });
  });
  app.onError((error) => failure(error));
  const form = new FormData();
  form.set('a', '1');
  form.append('b[]', 'x');
  form.set('file', new File(['four'], 'f.txt'));

  test.each([
    [
      'JSON',
      { body: '{"a":1,"b":["x"]}', headers: { 'content-type': 'application/json; charset=utf-8' } },
      { a: 1, b: ['x'] },
    ],
    [
      'a urlencoded form',
      {
        body: new URLSearchParams([
          ['a', '1'],
          ['b[]', 'x'],
        ]),
      },
      { a: '1', b: ['x'] },
    ],
    ['a multipart form', { body: form }, { a: '1', b: ['x'], size: 4 }],
    ['nothing', {}, {}],
  ])('are read as %s, with the query', async (_, init, wanted) => {
    const answer = await app.request('/?q=2', { method: 'POST', ...init });

    expect(await answer.json()).toEqual({ q: '2', ...wanted });
  });

  test.each([
    ['broken JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['JSON that is no object', { body: '[1]', headers: { 'content-type': 'application/json' } }, 400],
    [
      'JSON that nests too deep',
      { body: `${'['.repeat(2000)}${']'.repeat(2000)}`, headers: { 'content-type': 'application/json' } },
      400,
    ],
    ['a multipart form without its border', { body: 'x', headers: { 'content-type': 'multipart/form-data' } }, 400],
    ['another type', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 415],
  ])('are refused as %s', async (_, init, status) => {
    const answer = await app.request('/', { method: 'POST', ...init });

    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: expect.any(String) });
  });
});

describe('fields', () => {
  test.each([
    ['true', true],
    ['1', true],
    ['no', true],
    [true, true],
    ['false', false],
    ['0', false],
    ['', false],
    [0, false],
    [null, undefined],
    [undefined, undefined],
  ])('%j is %j', (value, wanted) => {
    expect(checked({ value }, z.object({ value: flag })).value).toBe(wanted);
  });

  test('ids are digits, lists may be one alone', () => {
    const schema = z.object({ id: many(idField) });

    expect(checked({ id: '7' }, schema)).toEqual({ id: [7] });
    expect(checked({ id: ['7', 8] }, schema)).toEqual({ id: [7, 8] });
    expect(checked({ id: [''] }, schema)).toEqual({ id: [] });
    expect(checked({ id: null }, schema)).toEqual({});
    expect(() => checked({ id: ['x'] }, schema)).toThrow('Validation failed: id.0 is not an id');
  });
});

describe('scopes', () => {
  test.each([
    ['read', 'read:statuses', true],
    ['read:statuses', 'read', false],
    ['read:statuses', 'read:statuses', true],
    ['read', 'write:statuses', false],
    ['follow', 'write:follows', true],
    ['follow', 'read:mutes', true],
    ['follow', 'write:statuses', false],
    ['write', 'write', true],
    ['', 'read', false],
  ])('%s contains %s: %s', (given, wanted, expected) => {
    expect(hasScope(readScopes(given), [wanted])).toBe(expected);
  });

  test('are covered only all together', () => {
    expect(coversScopes(['read', 'write:media'], ['read:lists', 'write:media'])).toBe(true);
    expect(coversScopes(['read', 'write:media'], ['read', 'write'])).toBe(false);
    expect(readScopes(' read+write  follow read ')).toEqual(['read', 'write', 'follow']);
  });
});

describe('pages', () => {
  test('are asked for within their bounds', () => {
    const size = { limit: 20, most: 40 };

    expect(readPage({}, size)).toEqual({ limit: 20 });
    expect(readPage({ limit: '100', max_id: '9', min_id: 3 }, size)).toEqual({ limit: 40, maxId: 9, minId: 3 });
    expect(readPage({ limit: '-5', since_id: '' }, size)).toEqual({ limit: 5 });
    expect(readPage({ limit: 'x', max_id: '9'.repeat(19) }, size)).toEqual({
      limit: 20,
      maxId: Number.MAX_SAFE_INTEGER,
    });
    expect(() => readPage({ max_id: 'x' }, size)).toThrow('max_id is not an id');
  });

  test('lead to older and newer ones, and keep what was asked beside, but for tokens', () => {
    const address = new URL('https://a.example/api/v1/x?limit=2&only_media=1&max_id=9&access_token=s');

    expect(pageLinks(address, [8, 7], 2)).toBe(
      '<https://a.example/api/v1/x?limit=2&only_media=1&max_id=7>; rel="next", <https://a.example/api/v1/x?limit=2&only_media=1&min_id=8>; rel="prev"',
    );
    expect(pageLinks(address, [8], 2)).toBe('<https://a.example/api/v1/x?limit=2&only_media=1&min_id=8>; rel="prev"');
    expect(pageLinks(address, [], 2)).toBeUndefined();
  });
});

describe('limits', () => {
  test('count in windows and say what is left', () => {
    let now = 1_000_000;
    const limiter = new RateLimiter(() => now);
    const allowance = { calls: 2, windowMs: 300_000 };

    expect(limiter.take('a', allowance)).toEqual({ allowed: true, limit: 2, remaining: 1, resetAt: 1_200_000 });
    limiter.take('a', allowance);
    expect(limiter.take('a', allowance)).toMatchObject({ allowed: false, remaining: 0 });
    expect(limiter.take('b', allowance).allowed).toBe(true);
    now = 1_200_000;
    expect(limiter.take('a', allowance)).toMatchObject({ allowed: true, remaining: 1 });
    limiter.giveBack('a', allowance);
    expect(limiter.take('a', allowance).remaining).toBe(1);
  });

  test('know only so many at once, however many come', () => {
    const limiter = new RateLimiter(() => 0, 100);
    for (let key = 0; key < 1_000; key += 1) limiter.take(String(key), { calls: 1, windowMs: 1_000 });

    expect(limiter.size).toBe(100);
  });
});

describe('errors', () => {
  test.each([
    ['unauthorized', 401, 'The access token is invalid'],
    ['forbidden', 403, 'This action is not allowed'],
    ['not-found', 404, 'Record not found'],
    ['unprocessable', 422, 'Validation failed: text'],
    ['conflict', 422, 'Validation failed: text'],
    ['rate-limited', 429, 'Too many requests'],
    ['unavailable', 503, expect.any(String)],
    ['draining', 503, expect.any(String)],
    ['internal', 500, 'An unexpected error occurred'],
  ] as const)('%s is %i', async (code, status, words) => {
    const answer = failure(new CarillonError(code, 'text'));

    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: words });
  });

  test.each(['unavailable', 'storage-full', 'draining'] as const)('%s says when to come back', (code) => {
    const known = failure(new CarillonError(code, 'text', { facts: { retryAfter: 30 } }));

    expect(failure(new CarillonError(code, 'text')).headers.get('retry-after')).toBe('5');
    expect(known.headers.get('retry-after')).toBe('30');
    expect(failure(new CarillonError('internal', 'text')).headers.has('retry-after')).toBe(false);
  });

  test('all have words, and what is no error of ours shows nothing of itself', async () => {
    // The keys are the codes.
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const { error } = z
        .strictObject({ error: z.string().min(1) })
        .parse(await failure(new CarillonError(code, 'm')).json());
      expect(error).not.toBe('');
    }
    expect(await failure(new Error('secret')).text()).not.toContain('secret');
  });

  test('of OAuth keep their own form', async () => {
    const answer = failure(refuseOauth('invalid_client', 'Who?', 'unauthorized'));

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/);
    expect(await answer.json()).toEqual({ error: 'invalid_client', error_description: 'Who?' });
  });
});
