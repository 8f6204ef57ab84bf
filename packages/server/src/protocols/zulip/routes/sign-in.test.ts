import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { hashPassword } from '../../../auth/index.ts';
import { suspendAccount } from '../../../domain/index.ts';
import { BASE_URL, basic, type OpenZulip, openZulip } from '../testing/open-zulip.ts';

const PASSWORD = 'wherefore art thou';
let zulip: OpenZulip;
let password: string;
beforeAll(async () => {
  zulip = await openZulip();
  password = await hashPassword(PASSWORD);
  await zulip.person('juliet', { password });
});
afterAll(() => zulip[Symbol.asyncDispose]());

const serverSettings = z.strictObject({
  result: z.literal('success'),
  msg: z.literal(''),
  zulip_version: z.literal('10.0'),
  zulip_merge_base: z.string(),
  zulip_feature_level: z.literal(371),
  push_notifications_enabled: z.boolean(),
  is_incompatible: z.literal(false),
  email_auth_enabled: z.boolean(),
  require_email_format_usernames: z.boolean(),
  realm_url: z.literal(BASE_URL),
  realm_uri: z.literal(BASE_URL),
  realm_name: z.literal('Verona'),
  realm_icon: z.url(),
  realm_description: z.literal('<p>Where we lay our &lt;scene&gt;.</p>'),
  realm_web_public_access_enabled: z.boolean(),
  authentication_methods: z.record(z.string(), z.boolean()),
  external_authentication_methods: z.array(z.never()),
});

test('the server says what it is', async () => {
  const { status, body } = await zulip.call('GET', '/server_settings');

  expect(status).toBe(200);
  serverSettings.parse(body);
});

test('a password gives a key that counts, by address and by name', async () => {
  for (const username of ['juliet@chat.example', ' Juliet ']) {
    const { status, body } = await zulip.call('POST', '/fetch_api_key', {
      multipart: { username, password: PASSWORD },
    });
    expect(status).toBe(200);
    const { api_key, email } = z
      .object({ api_key: z.string().regex(/^[A-Za-z0-9]{32}$/), email: z.string(), user_id: z.int() })
      .parse(body);
    const me = await zulip.call('GET', '/users/me', { authorization: basic(email, api_key) });
    expect(me.body).toMatchObject({ user_id: body['user_id'], delivery_email: email });
  }
});

test.each([
  [{ username: 'juliet', password: 'wrong' }, 401, 'AUTHENTICATION_FAILED', 'Your username or password is incorrect'],
  [{ username: 'nobody', password: 'wrong' }, 401, 'AUTHENTICATION_FAILED', 'Your username or password is incorrect'],
  [{ username: 'juliet' }, 400, 'REQUEST_VARIABLE_MISSING', "Missing 'password' argument"],
])('%j is refused', async (form, status, code, msg) => {
  expect(await zulip.call('POST', '/fetch_api_key', { form })).toMatchObject({
    status,
    body: { result: 'error', code, msg },
  });
});

test('a suspended account is told so with the right password only', async () => {
  const { id } = await zulip.person('tybalt', { password });
  const entry = { actor: 'test', action: 'accounts.suspend', target: 'tybalt' };
  await zulip.domain.run(suspendAccount, { input: { account: id }, entry });
  const asking = (word: string) =>
    zulip.call('POST', '/fetch_api_key', { form: { username: 'tybalt', password: word } });

  expect(await asking(PASSWORD)).toMatchObject({ status: 401, body: { code: 'USER_DEACTIVATED' } });
  expect(await asking('wrong')).toMatchObject({ status: 401, body: { code: 'AUTHENTICATION_FAILED' } });
});

test('guessing ends', async () => {
  await using guessed = await openZulip();
  const statuses = [];
  for (let tries = 0; tries < 11; tries += 1) {
    const form = { username: 'juliet', password: 'guess' };
    statuses.push((await guessed.call('POST', '/fetch_api_key', { form })).status);
  }

  expect(statuses).toEqual([...new Array<number>(10).fill(401), 429]);
}, 120_000); // Ten passwords are hashed.

test('only a development server gives keys for nothing, and only to this machine', async () => {
  await using dev = await openZulip({ dev: true });
  const { id } = await dev.person('romeo');
  const form = { username: 'romeo@chat.example' };
  const asking = (headers: Readonly<Record<string, string>> = {}) =>
    dev.call('POST', '/dev_fetch_api_key', { form, headers });
  const { body } = await asking();
  const { api_key, email } = z.object({ api_key: z.string(), email: z.string() }).parse(body);

  expect((await dev.call('GET', '/users/me', { authorization: basic(email, api_key) })).body).toMatchObject({
    user_id: id,
  });
  expect(await asking({ origin: 'https://elsewhere.example' })).toMatchObject({
    status: 400,
    body: { result: 'error' },
  });
  expect(await dev.call('POST', '/dev_fetch_api_key', { form: { username: 'nobody' } })).toMatchObject({
    status: 401,
    body: { code: 'AUTHENTICATION_FAILED' },
  });
  expect(await zulip.call('POST', '/dev_fetch_api_key', { form })).toMatchObject({ status: 404 });
});
