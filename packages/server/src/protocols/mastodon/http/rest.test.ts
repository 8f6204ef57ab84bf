import { expect, test } from 'vitest';
import { openRest } from '../testing/open-rest.ts';

test('slashes at the end make no difference', async () => {
  await using rest = await openRest();

  for (const path of [
    '/api/v1/instance',
    '/api/v1/instance/',
    '/api/v2/instance/',
    '/.well-known/oauth-authorization-server/',
  ]) {
    expect((await rest.call('GET', path)).status).toBe(200);
  }
});

test('unknown calls and ids that are none are found nowhere', async () => {
  await using rest = await openRest();

  for (const path of [
    '/api/v1/nothing',
    '/api/v3/accounts',
    '/api/v1/accounts/x',
    '/api/v1/accounts/99999999999999999999',
  ]) {
    expect(await rest.call('GET', path)).toMatchObject({ status: 404, body: { error: 'Record not found' } });
  }
});

test('who asks decides: nobody, a wrong token, too few scopes', async () => {
  await using rest = await openRest();
  const { id } = await rest.domain.account('juliet');
  const narrow = await rest.token(id, 'read:statuses');
  const blocks = (token?: string) => rest.call('GET', '/api/v1/blocks', token === undefined ? {} : { token });

  expect(await blocks()).toMatchObject({ status: 401, body: { error: 'The access token is invalid' } });
  expect(await blocks('wrong')).toMatchObject({ status: 401, body: { error: 'The access token is invalid' } });
  expect(await blocks(narrow)).toMatchObject({
    status: 403,
    body: { error: 'This action is outside the authorized scopes' },
  });
  expect((await blocks(await rest.token(id, 'read:blocks'))).status).toBe(200);
  expect((await rest.call('GET', `/api/v1/blocks?access_token=${await rest.token(id, 'follow')}`)).status).toBe(200);
  // Not even what nobody in particular may see is shown for a token that does not count.
  expect((await rest.call('GET', '/api/v1/instance', { token: 'wrong' })).status).toBe(401);
});

test('calls are limited by account, token and address, and every answer says how many are left', async () => {
  await using rest = await openRest({ callsPerUser: 3, callsPerToken: 2, callsPerAddress: 2 });
  const { id } = await rest.domain.account('juliet');
  const [first, second] = [await rest.token(id, 'read'), await rest.token(id, 'read')];
  const preferences = (token?: string) => rest.call('GET', '/api/v1/blocks', token === undefined ? {} : { token });

  const calls = [
    await preferences(first),
    await preferences(first),
    await preferences(first),
    await preferences(second),
  ];
  expect(calls.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  expect(calls[0]?.headers.get('x-ratelimit-limit')).toBe('2');
  expect(calls[0]?.headers.get('x-ratelimit-remaining')).toBe('1');
  expect(calls[0]?.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const refused = calls[2];
  expect(refused?.body).toEqual({ error: 'Too many requests' });
  expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0');
  const resetAt = Date.parse(refused?.headers.get('x-ratelimit-reset') ?? '');
  expect(resetAt).toBeGreaterThan(Date.now() - 1);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);

  const anonymous = [
    await rest.call('GET', '/api/v1/instance'),
    await rest.call('GET', '/api/v1/instance', { token: 'guessed' }),
    await preferences(),
  ];
  expect(anonymous.map(({ status }) => status)).toEqual([200, 401, 429]);

  rest.advance(300_000);
  expect((await preferences(first)).status).toBe(200);
});
