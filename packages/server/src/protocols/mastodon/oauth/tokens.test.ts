import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { application, error, token as tokenSchema } from '../entities/testing/schemas.ts';
import { BASE_URL, type OpenRest, openRest } from '../testing/open-rest.ts';
import {
  askingFor,
  type Client,
  PASSWORD,
  registerClient,
  sentTo,
  signInWith,
  tradeWith,
  withPassword,
} from './testing/browser.ts';

const CHALLENGE = hash('sha256', 'a'.repeat(50), 'base64url');

let rest: OpenRest;
let client: Client;
beforeAll(async () => {
  rest = await openRest();
  await withPassword(rest, 'juliet');
  client = await registerClient(rest);
});
afterAll(() => rest[Symbol.asyncDispose]());

const asking = (more: Record<string, string> = {}) => askingFor(client, more);
const trade = (more: Record<string, string>) => tradeWith(rest, client, more);
async function codeFor(more: Record<string, string> = {}): Promise<string> {
  return sentTo(await signInWith(rest, asking(more))).searchParams.get('code') ?? '';
}

describe('tokens', () => {
  test.each([
    ['an unknown code', { code: 'x'.repeat(43) }],
    ['another redirect address', { redirect_uri: 'https://nurse.example/other' }],
    ['no verifier', {}],
    ['another verifier', { code_verifier: 'b'.repeat(50) }],
    ['a malformed verifier', { code_verifier: 'short' }],
  ])('are not given for %s', async (_, more) => {
    const code = await codeFor({ code_challenge: CHALLENGE, code_challenge_method: 'S256' });
    const answer = await trade({ code, ...more });

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('are not given to another application', async () => {
    const other = await registerClient(rest);
    const stolen = await trade({
      code: await codeFor(),
      client_id: other.client_id,
      client_secret: other.client_secret,
    });

    expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown application', { client_id: 'nobody' }, 401, 'invalid_client'],
    [
      'the password grant',
      { grant_type: 'password', username: 'juliet', password: PASSWORD },
      400,
      'unsupported_grant_type',
    ],
    ['a scope beyond the application’s', { grant_type: 'client_credentials', scope: 'push' }, 400, 'invalid_scope'],
    ['no code', {}, 400, 'invalid_request'],
  ])('are refused with %s', async (_, more, status, code) => {
    const answer = await trade(more);

    expect(answer).toMatchObject({ status, body: { error: code } });
    expect(error.parse(answer.body).error_description).toBeTruthy();
  });

  test('of an application speak for it alone', async () => {
    const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
    const issued = await rest.call('POST', '/oauth/token', {
      body: { grant_type: 'client_credentials' },
      headers: { authorization: `Basic ${basic}` },
    });
    const { access_token: token, scope } = issued.as(tokenSchema);
    const verified = await rest.call('GET', '/api/v1/apps/verify_credentials', { token });
    const own = await rest.call('GET', '/api/v1/accounts/verify_credentials', { token });
    const instance = await rest.call('GET', '/api/v2/instance', { token });

    expect(scope).toBe('read');
    expect(verified.as(application).name).toBe('Nurse');
    expect(own).toMatchObject({ status: 422, body: { error: 'This method requires an authenticated user' } });
    expect(instance.status).toBe(200);
  });

  test('end at once when they are revoked, by their own application only', async () => {
    const { access_token: token } = (await trade({ code: await codeFor() })).as(tokenSchema);
    const other = await registerClient(rest);
    const heard: string[] = [];
    rest.deps.gate.onRevoked((credentialId) => heard.push(credentialId));
    const verify = () => rest.call('GET', '/api/v1/accounts/verify_credentials', { token });
    const revoke = (by: Client) =>
      rest.call('POST', '/oauth/revoke', {
        body: { client_id: by.client_id, client_secret: by.client_secret, token },
      });

    expect(await revoke(other)).toMatchObject({ status: 200, body: {} });
    expect((await verify()).status).toBe(200);
    expect(await revoke({ ...client, client_secret: 'wrong' })).toMatchObject({ status: 401 });
    expect(heard).toEqual([]);
    expect(await revoke(client)).toMatchObject({ status: 200, body: {} });
    expect(heard).toHaveLength(1);
    expect(await verify()).toMatchObject({ status: 401, body: { error: 'The access token is invalid' } });
  });
});

test('a code that comes again ends what it gave, and what is open with that', async () => {
  const code = await codeFor();
  const { access_token: token } = (await trade({ code })).as(tokenSchema);
  const heard: string[] = [];
  rest.deps.gate.onRevoked((credentialId) => heard.push(credentialId));
  const again = await trade({ code });

  expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(heard).toHaveLength(1);
  expect(await rest.call('GET', '/api/v1/accounts/verify_credentials', { token })).toMatchObject({ status: 401 });
});

test('describes itself to applications (RFC 8414)', async () => {
  const { body } = await rest.call('GET', '/.well-known/oauth-authorization-server');

  expect(body).toMatchObject({
    issuer: BASE_URL,
    token_endpoint: `${BASE_URL}/oauth/token`,
    code_challenge_methods_supported: ['S256'],
  });
});

test('tells who has signed in', async () => {
  const { access_token: token } = (await trade({ code: await codeFor() })).as(tokenSchema);
  const known = await rest.call('GET', '/oauth/userinfo', { token });
  const unknown = await rest.call('GET', '/oauth/userinfo');

  expect(known.body).toMatchObject({ iss: BASE_URL, preferred_username: 'juliet' });
  expect(unknown.status).toBe(401);
});
