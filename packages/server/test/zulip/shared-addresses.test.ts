import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openRest } from '../../src/protocols/mastodon/testing/open-rest.ts';
import { ENDPOINTS } from '../../src/protocols/zulip/endpoints.ts';
import { sharedAddresses } from '../../src/shared-addresses.ts';
import { takenMethods } from '../../src/unknown-address.ts';
import { type HostileServer, startHostileServer } from '../hostile/server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

interface Person {
  readonly email: string;
  readonly apiKey: string;
  readonly accessToken: string;
}

let server: HostileServer;
let juliet: Person;
beforeAll(async () => {
  server = await startHostileServer();
  const credentials = await fetch(`${server.url}/dev/credentials.json`);
  const { accounts } = (await credentials.json()) as { accounts: readonly Person[] };
  const [first] = accounts;
  if (!first) throw new Error('there is nobody');
  juliet = first;
});
afterAll(() => server[Symbol.asyncDispose]());

const basic = () => `Basic ${Buffer.from(`${juliet.email}:${juliet.apiKey}`).toString('base64')}`;
const bearer = () => `Bearer ${juliet.accessToken}`;

async function get(path: string, authorization?: string, method = 'GET') {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: authorization === undefined ? {} : { authorization },
  });
  const body: unknown = await answer.json();
  return { status: answer.status, body };
}

test('no address is of both protocols', async () => {
  await using mastodon = await openRest();
  const both = ENDPOINTS.map(({ path }) => `/api/v1${path.replaceAll(/:\w+/g, '7')}`).filter(
    (path) => takenMethods(mastodon.app, path).length > 0,
  );

  expect(ENDPOINTS.length).toBeGreaterThan(5);
  expect(both).toEqual([]);
});

test('what one protocol has is its own, whatever the credential', async () => {
  expect(await get('/api/v1/users/me', basic())).toMatchObject({ status: 200, body: { result: 'success' } });
  expect(await get('/api/v1/users/me', bearer())).toMatchObject({ status: 400, body: { result: 'error' } });
  expect(await get('/api/v1/users/me')).toMatchObject({ status: 401, body: { result: 'error' } });
  expect(await get('/api/v1/users/me', basic(), 'PUT')).toMatchObject({ status: 405, body: { result: 'error' } });
  expect(await get('/api/v1/accounts/verify_credentials', bearer())).toMatchObject({
    status: 200,
    body: { username: 'juliet' },
  });
  expect(await get('/api/v1/accounts/verify_credentials', basic())).toMatchObject({
    status: 401,
    body: { error: 'The access token is invalid' },
  });
  expect(await get('/api/v1/instance')).toMatchObject({ status: 200, body: { uri: expect.any(String) } });
  expect(await get('/api/v1/server_settings')).toMatchObject({ status: 200, body: { zulip_feature_level: 371 } });
});

test('what neither has is answered as whoever asks with that scheme knows it', async () => {
  const nowhere = '/api/v1/nowhere/at/all';

  expect(await get(nowhere, basic())).toMatchObject({ status: 404, body: { result: 'error', code: 'BAD_REQUEST' } });
  expect(await get(nowhere, bearer())).toMatchObject({ status: 404, body: { error: 'Record not found' } });
  expect(await get(nowhere)).toMatchObject({ status: 404, body: { error: 'Record not found' } });
});

test('what both have goes by the scheme', async () => {
  const basics = new Hono().get('/api/v1/both', (context) => context.text('basic'));
  const others = new Hono().get('/api/v1/both', (context) => context.text('other'));
  const app = new Hono();
  app.use('/api/v1/*', sharedAddresses(basics, others));
  app.route('/', others);
  const asked = async (headers: Record<string, string>) => (await app.request('/api/v1/both', { headers })).text();

  expect(await asked({ authorization: 'basic x' })).toBe('basic');
  expect(await asked({ authorization: 'Bearer x' })).toBe('other');
  expect(await asked({})).toBe('other');
});

test('a body that is larger than allowed is refused in the words of the protocol', async () => {
  const answer = await fetch(`${server.url}/api/v1/fetch_api_key`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'x'.repeat(2_000_000) }),
  });

  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ result: 'error', code: 'BAD_REQUEST' });
});
