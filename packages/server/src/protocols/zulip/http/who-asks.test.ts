import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restoreAccount, suspendAccount } from '../../../domain/index.ts';
import { basic, type OpenZulip, openZulip, type Person } from '../testing/open-zulip.ts';

let zulip: OpenZulip;
let juliet: Person;
beforeAll(async () => {
  zulip = await openZulip();
  juliet = await zulip.person('juliet');
});
afterAll(() => zulip[Symbol.asyncDispose]());

const me = (authorization?: string) =>
  zulip.call('GET', '/users/me', authorization === undefined ? {} : { authorization });

describe('an API key', () => {
  test('counts with its address, whatever the case and the spaces', async () => {
    const pair = (text: string) => Buffer.from(text).toString('base64');
    for (const authorization of [
      basic(juliet.email, juliet.key),
      `basic ${pair(`${juliet.email}:${juliet.key}`)}`,
      `BASIC   ${pair(` ${juliet.email.toUpperCase()} : ${juliet.key} `)}`,
    ]) {
      expect(await me(authorization)).toMatchObject({ status: 200, body: { user_id: juliet.id } });
    }
  });

  test.each([
    ['no header', undefined, 'Not logged in: API authentication or user session required'],
    ['an empty header', ' ', 'Not logged in: API authentication or user session required'],
    ['a scheme alone', 'Basic', 'Invalid authorization header for basic auth'],
    ['three words', 'Basic a b', 'Invalid authorization header for basic auth'],
    ['no base64', 'Basic %%%', 'Invalid authorization header for basic auth'],
    ['no colon', `Basic ${Buffer.from('juliet').toString('base64')}`, 'Invalid authorization header for basic auth'],
    ['two colons', basic('a:b', 'x'.repeat(32)), 'Invalid authorization header for basic auth'],
    ['a short key', basic('juliet@chat.example', 'short'), 'Malformed API key'],
    ['a key with other signs', basic('juliet@chat.example', '-'.repeat(32)), 'Malformed API key'],
    ['an unknown key', basic('juliet@chat.example', 'x'.repeat(32)), 'Invalid API key'],
    ['nobody', basic('nobody@chat.example', 'x'.repeat(32)), 'Invalid API key'],
  ])('%s is refused', async (_, authorization, msg) => {
    const { status, headers, body } = await me(authorization);

    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Basic realm="zulip"');
    expect(body).toEqual({ result: 'error', msg, code: 'UNAUTHORIZED' });
  });

  test('of somebody else is as good as unknown', async () => {
    const romeo = await zulip.person('romeo');

    expect((await me(basic(romeo.email, juliet.key))).body).toEqual({
      result: 'error',
      msg: 'Invalid API key',
      code: 'UNAUTHORIZED',
    });
  });

  test.each(['Bearer x', 'Digest x', 'Basic: x'])('%s is not the scheme', async (authorization) => {
    expect(await me(authorization)).toMatchObject({
      status: 400,
      body: {
        result: 'error',
        msg: 'This endpoint requires HTTP basic authentication.',
        code: 'BAD_REQUEST',
      },
    });
  });

  test('of a suspended account says so until the account is restored', async () => {
    const tybalt = await zulip.person('tybalt');
    const entry = { actor: 'test', action: 'accounts.suspend', target: 'tybalt' };
    await tybalt.done('GET', '/users/me');

    await zulip.domain.run(suspendAccount, { input: { account: tybalt.id }, entry });
    expect(await tybalt.call('GET', '/users/me')).toMatchObject({
      status: 401,
      body: { msg: 'Account is deactivated', code: 'UNAUTHORIZED' },
    });

    await zulip.domain.run(restoreAccount, { input: { account: tybalt.id }, entry });
    await tybalt.done('GET', '/users/me');
  });

  test('may do what its scopes say', async () => {
    const writesOnly = await zulip.key(juliet.id, ['write']);

    expect(await me(basic(juliet.email, writesOnly))).toMatchObject({
      status: 400,
      body: { msg: 'Insufficient permission', code: 'UNAUTHORIZED_PRINCIPAL' },
    });
  });

  test('is not looked at where nobody need be known', async () => {
    for (const authorization of [undefined, 'Bearer x', basic('nobody', 'nothing'), 'nonsense']) {
      const request = authorization === undefined ? {} : { authorization };

      expect((await zulip.call('GET', '/server_settings', request)).status).toBe(200);
    }
  });
});

describe('limits', () => {
  test('are counted by account and minute, and every answer says what is left', async () => {
    await using small = await openZulip({ callsPerUser: 15, callsPerAddress: 1_000 });
    const romeo = await small.person('romeo');
    const other = basic(romeo.email, await small.key(romeo.id));
    const first = await romeo.call('GET', '/users/me');
    const second = await small.call('GET', '/users/me', { authorization: other });
    const third = await romeo.call('GET', '/users/nobody');
    const fourth = await romeo.call('GET', '/users/me');

    expect([first, second, third, fourth].map(({ status }) => status)).toEqual([200, 200, 400, 429]);
    expect([first, second, third, fourth].map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual([
      '2',
      '1',
      '0',
      '0',
    ]);
    expect(first.headers.get('x-ratelimit-limit')).toBe('3');
    expect(first.headers.get('x-ratelimit-reset')).toMatch(/^\d{10}$/);
    const wait = Number(fourth.headers.get('retry-after'));
    expect(Number.isInteger(wait) && wait >= 1 && wait <= 60).toBe(true);
    expect(fourth.body).toEqual({
      result: 'error',
      msg: 'API usage exceeded rate limit',
      code: 'RATE_LIMIT_HIT',
      'retry-after': wait,
    });
  });

  test('let a client that asks every second and never waits in again', async () => {
    await using small = await openZulip({ callsPerUser: 50, callsPerAddress: 50 });
    const romeo = await small.person('romeo');
    const statuses: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      statuses.push((await romeo.call('GET', '/users/me')).status);
      small.advance(1_000);
    }

    const heard = statuses.filter((status) => status === 200).length;
    expect(heard).toBeGreaterThanOrEqual(20);
    expect(statuses.slice(60)).toContain(200);
  });

  test('an old key that asks for ever takes no calls of those who need none', async () => {
    await using small = await openZulip({ callsPerUser: 1_000, callsPerAddress: 10 });
    const wrong = basic('nobody@chat.example', 'x'.repeat(32));
    const guesses = [];
    for (let tries = 0; tries < 3; tries += 1) {
      guesses.push(await small.call('GET', '/users/me', { authorization: wrong }));
    }

    expect(guesses.map(({ status }) => status)).toEqual([401, 401, 429]);
    expect((await small.call('GET', '/server_settings')).status).toBe(200);
    const romeo = await small.person('romeo');
    await romeo.done('GET', '/users/me');
  });
});
