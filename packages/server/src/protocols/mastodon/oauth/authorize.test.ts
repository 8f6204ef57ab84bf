import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { credentialAccount, credentialApplication, error, token as tokenSchema } from '../entities/testing/schemas.ts';
import { BASE_URL, type OpenRest, openRest } from '../testing/open-rest.ts';
import {
  askingFor,
  type Client,
  formFields,
  PASSWORD,
  registerClient,
  sentTo,
  signInWith,
  submit,
  tradeWith,
  withPassword,
} from './testing/browser.ts';

const VERIFIER = 'a'.repeat(50);
const CHALLENGE = hash('sha256', VERIFIER, 'base64url');

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
describe('applications', () => {
  test.each([
    [
      'JSON',
      { client_name: 'Page', redirect_uris: ['https://page.example/a', 'page://b'], scopes: 'read write:statuses' },
    ],
    [
      'a form',
      new URLSearchParams({
        client_name: 'Page',
        redirect_uris: 'https://page.example/a\npage://b',
        scopes: 'read write:statuses',
      }),
    ],
  ])('register themselves by %s', async (_, body) => {
    const answer = await rest.call('POST', '/api/v1/apps', { body });

    const app = answer.as(credentialApplication);
    expect(app).toMatchObject({
      name: 'Page',
      website: null,
      scopes: ['read', 'write:statuses'],
      redirect_uris: ['https://page.example/a', 'page://b'],
    });
  });

  test.each([
    ['no name', { redirect_uris: 'https://a.example' }],
    ['no redirect address', { client_name: 'A' }],
    ['a redirect address that runs as a script', { client_name: 'A', redirect_uris: 'javascript:alert(1)' }],
    ['a redirect address with a fragment', { client_name: 'A', redirect_uris: 'https://a.example/#b' }],
    ['a relative redirect address', { client_name: 'A', redirect_uris: '/back' }],
    ['a redirect address that no header carries', { client_name: 'A', redirect_uris: 'https://a.example/漢' }],
    ['a redirect address with a control character', { client_name: 'A', redirect_uris: 'https://a.example/\u0001' }],
    ['a redirect address that leads here or elsewhere', { client_name: 'A', redirect_uris: 'https:a.example' }],
    ['a redirect address with a password', { client_name: 'A', redirect_uris: 'https://a:b@a.example/' }],
    ['an unknown scope', { client_name: 'A', redirect_uris: 'https://a.example', scopes: 'read admin:write' }],
    ['a website that is a script', { client_name: 'A', redirect_uris: 'https://a.example', website: 'javascript:1' }],
  ])('are refused with %s', async (_, body) => {
    const answer = await rest.call('POST', '/api/v1/apps', { body });

    expect(answer.status).toBe(422);
    expect(error.parse(answer.body).error).toMatch(/^Validation failed: /);
  });
});

test('an application that nobody signed in with is forgotten when others register, after thirty days', async () => {
  const old = await registerClient(rest);
  const page = async () =>
    rest.call('GET', `/oauth/authorize?${new URLSearchParams(askingFor(old)).toString()}`).then(({ status }) => status);
  await registerClient(rest);
  expect(await page()).toBe(200);
  rest.advance(31 * 86_400_000);
  await registerClient(rest);

  expect(await page()).toBe(400);
  client = await registerClient(rest);
});

describe('signing in', () => {
  test('gives a code that is worth a token, once', async () => {
    const answer = await signInWith(
      rest,
      asking({ state: 'a&b=c', code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
    );
    const back = sentTo(answer);
    const code = back.searchParams.get('code') ?? '';
    const first = await trade({ code, code_verifier: VERIFIER });

    expect(answer.status).toBe(303);
    expect(back.origin + back.pathname).toBe('https://nurse.example/back');
    expect(back.searchParams.get('state')).toBe('a&b=c');
    expect(back.searchParams.get('iss')).toBe(BASE_URL);
    const issued = first.as(tokenSchema);
    expect(issued.scope).toBe('read write');
    const own = await rest.call('GET', '/api/v1/accounts/verify_credentials', { token: issued.access_token });
    expect(own.as(credentialAccount)).toMatchObject({ acct: 'juliet' });
    const second = await trade({ code, code_verifier: VERIFIER });
    expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('takes the name of the account too', async () => {
    const answer = await signInWith(rest, asking(), { name: 'Juliet' });

    expect(sentTo(answer).searchParams.get('code')).toMatch(/^[\w-]{43}$/);
  });

  test('shows the code when the application has no address', async () => {
    const oob = 'urn:ietf:wg:oauth:2.0:oob';
    const other = await registerClient(rest, { redirect_uris: oob });
    const page = await signInWith(rest, asking({ client_id: other.client_id, redirect_uri: oob }));
    const [, code = ''] = /<code>([\w-]{43})<\/code>/.exec(String(page.body)) ?? [];

    expect(page.status).toBe(200);
    expect(page.headers.get('location')).toBeNull();
    const traded = await trade({ ...other, redirect_uri: oob, code });
    expect(traded.as(tokenSchema).scope).toBe('read write');
  });

  test('shows what is asked, escaped, on a page that nobody may frame', async () => {
    const evil = await registerClient(rest, { client_name: '<script>alert(1)</script>' });
    const asked = asking({ client_id: evil.client_id, state: '"><b>' });
    const page = await rest.call('GET', `/oauth/authorize?${new URLSearchParams(asked).toString()}`);

    expect(page.status).toBe(200);
    expect(page.body).not.toMatch(/<script|"><b>/);
    expect(page.body).toContain('&lt;script&gt;');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self' https://nurse.example");
    expect(formFields(String(page.body))['state']).toBe('"><b>');
  });

  test.each([
    ['an unknown application', { client_id: 'nobody' }],
    ['an address that is not registered', { redirect_uri: 'https://thief.example/back' }],
    ['an address that only begins alike', { redirect_uri: 'https://nurse.example/back/../thief' }],
  ])('sends nobody anywhere for %s', async (_, more) => {
    const asked = new URLSearchParams(asking(more)).toString();
    const got = await rest.call('GET', `/oauth/authorize?${asked}`);
    const posted = await submit(rest, { ...asking(more), name: 'juliet', password: PASSWORD, decision: 'deny' });

    for (const answer of [got, posted]) {
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
    }
  });

  test.each([
    ['a scope beyond the application’s', { scope: 'read push' }, 'invalid_scope'],
    ['a scope that there is not', { scope: 'everything' }, 'invalid_scope'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a plain challenge', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without its method', { code_challenge: CHALLENGE }, 'invalid_request'],
  ])('tells the application of %s', async (_, more, code) => {
    const answer = await rest.call(
      'GET',
      `/oauth/authorize?${new URLSearchParams(asking({ ...more, state: 's' })).toString()}`,
    );

    expect(sentTo(answer).searchParams.get('error')).toBe(code);
    expect(sentTo(answer).searchParams.get('state')).toBe('s');
  });

  test('tells the application of a refusal', async () => {
    const answer = await signInWith(rest, asking(), { decision: 'deny', password: '' });

    expect(sentTo(answer).searchParams.get('error')).toBe('access_denied');
    expect(sentTo(answer).searchParams.has('code')).toBe(false);
  });

  test('takes no form that was made for another request, and none that is old', async () => {
    const page = await rest.call(
      'GET',
      `/oauth/authorize?${new URLSearchParams(asking({ scope: 'read' })).toString()}`,
    );
    const fields = { ...formFields(String(page.body)), name: 'juliet', password: PASSWORD, decision: 'allow' };
    const changed = await submit(rest, { ...fields, scope: 'read write' });
    const without = await submit(rest, { ...fields, form_token: '' });
    const elsewhere = await rest.call('POST', '/oauth/authorize', {
      body: new URLSearchParams(fields),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    rest.advance(16 * 60_000);
    const late = await submit(rest, fields);

    for (const answer of [changed, without, elsewhere, late]) {
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('Please try again');
    }
  });

  test('stops guessing, for the account and for nobody', async () => {
    await withPassword(rest, 'tybalt');
    // To where a window begins, which then does not end in the midst of the tries.
    rest.advance(300_000 - (rest.deps.now() % 300_000));
    const guess = (name: string) => signInWith(rest, asking(), { name, password: 'wrong one' });
    const answers = [];
    for (let tries = 0; tries < 11; tries += 1) answers.push(await guess('tybalt'));
    const right = await signInWith(rest, asking(), { name: 'tybalt@example.org' });
    const nobody = await guess('nobody');

    expect(answers.map(({ status }) => status)).toEqual([...new Array<number>(10).fill(401), 429]);
    expect(right.status).toBe(429);
    expect(nobody).toMatchObject({ status: 401, body: answers[0]?.body && expect.stringContaining('is wrong') });
    rest.advance(300_000);
    expect((await signInWith(rest, asking(), { name: 'tybalt' })).status).toBe(303);
  });
});
