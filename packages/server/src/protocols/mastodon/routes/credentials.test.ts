import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateOrganization } from '../../../domain/index.ts';
import * as schema from '../entities/testing/schemas.ts';
import { registerClient } from '../oauth/testing/browser.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let rest: OpenRest;
let token: string;
beforeAll(async () => {
  rest = await openRest({ registrations: true });
  token = await rest.token((await rest.domain.account('juliet')).id, 'read', 'write');
});
afterAll(() => rest[Symbol.asyncDispose]());

const update = (body: unknown) => rest.call('PATCH', '/api/v1/accounts/update_credentials', { token, body });

describe('profile', () => {
  test('changes by JSON, and only what is named', async () => {
    const answer = await update({
      display_name: 'Juliet',
      note: 'Lives at https://verona.example with @juliet',
      locked: true,
      bot: false,
      fields_attributes: [
        { name: 'House', value: 'Capulet' },
        { name: '', value: '' },
      ],
      source: { privacy: 'private', sensitive: true, language: 'it' },
    });

    const account = answer.as(schema.credentialAccount);
    expect(account).toMatchObject({
      display_name: 'Juliet',
      locked: true,
      bot: false,
      fields: [{ name: 'House', value: 'Capulet', verified_at: null }],
      source: {
        privacy: 'private',
        sensitive: true,
        language: 'it',
        note: 'Lives at https://verona.example with @juliet',
      },
    });
    expect(account.note).toContain('href="https://verona.example"');
    expect(account.note).toContain('href="https://social.example/@juliet"');
    const verified = await rest.call('GET', '/api/v1/accounts/verify_credentials', { token });
    expect(verified.as(schema.credentialAccount)).toEqual(account);
    const preferences = await rest.call('GET', '/api/v1/preferences', { token });
    expect(preferences.body).toMatchObject({
      'posting:default:visibility': 'private',
      'posting:default:language': 'it',
    });
  });

  test('chooses the languages of public timelines, or all again', async () => {
    const author = await rest.token((await rest.domain.account('polyglot')).id, 'write');
    for (const language of ['en', 'de', 'it']) {
      await rest.call('POST', '/api/v1/statuses', { token: author, body: { status: language, language } });
    }
    const told = async () => {
      const { body } = await rest.call('GET', '/api/v1/timelines/public?limit=3', { token });
      return (body as { language: string }[]).map(({ language }) => language);
    };

    expect((await update({ chosen_languages: ['de', 'it'] })).status).toBe(200);
    expect(await told()).toEqual(['it', 'de']);
    expect((await update({ chosen_languages: ['not a language'] })).status).toBe(422);
    expect((await update({ chosen_languages: [] })).status).toBe(200);
    expect(await told()).toEqual(['it', 'de', 'en']);
  });

  test('changes by a form as clients send it', async () => {
    const answer = await update(
      new URLSearchParams([
        ['display_name', 'J'],
        ['locked', 'false'],
        ['fields_attributes[0][name]', 'Age'],
        ['fields_attributes[0][value]', 'not yet <b>14</b>'],
        ['source[privacy]', 'public'],
      ]),
    );

    const account = answer.as(schema.credentialAccount);
    expect(account).toMatchObject({ display_name: 'J', locked: false, source: { privacy: 'public', language: 'it' } });
    expect(account.fields[0]?.value).toBe('not yet &lt;b&gt;14&lt;/b&gt;');
  });

  test('takes pictures and gives them away again', async () => {
    const form = new FormData();
    form.set('avatar', new File([PNG], 'me.png', { type: 'image/png' }));
    const withAvatar = (await update(form)).as(schema.credentialAccount);

    expect(withAvatar.avatar).toMatch(/^https:\/\/social\.example\/media\/[0-9a-f]{32}\.png$/);
    const file = await rest.call('GET', new URL(withAvatar.avatar).pathname);
    expect(file.status).toBe(200);
    const without = await rest.call('DELETE', '/api/v1/profile/avatar', { token });
    expect(without.as(schema.credentialAccount).avatar).toBe('https://social.example/avatars/original/missing.png');
    const missing = await rest.app.request('/avatars/original/missing.png');
    expect(missing.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await missing.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  test.each([
    ['a name that is too long', { display_name: 'x'.repeat(31) }],
    ['too many fields', { fields_attributes: new Array(5).fill({ name: 'a', value: 'b' }) }],
    ['a field without a name', { fields_attributes: [{ name: '', value: 'b' }] }],
    ['an unknown privacy', { source: { privacy: 'secret' } }],
  ])('refuses %s', async (_, body) => {
    expect(await update(body)).toMatchObject({
      status: 422,
      body: { error: expect.stringMatching(/^Validation failed: /) },
    });
  });

  test('refuses a picture that is none, and whoever may not write', async () => {
    const form = new FormData();
    form.set('avatar', new File(['plain text'], 'me.png', { type: 'image/png' }));
    const reader = await rest.token((await rest.domain.account('reader')).id, 'read');

    expect((await update(form)).status).toBeGreaterThanOrEqual(400);
    for (const path of ['/api/v1/profile/avatar', '/api/v1/profile/header']) {
      expect((await rest.call('DELETE', path, { token: reader })).status).toBe(403);
    }
    expect((await rest.call('GET', '/api/v1/accounts/verify_credentials')).status).toBe(401);
  });
});

describe('signing up', () => {
  const newcomer = {
    username: 'Viola',
    email: 'viola@illyria.example',
    password: 'twelfth night',
    agreement: true,
    locale: 'en',
  };
  const appToken = async (open: OpenRest) => {
    const { client_id, client_secret } = await registerClient(open);
    const body = { grant_type: 'client_credentials', client_id, client_secret, scope: 'read write' };
    return (await open.call('POST', '/oauth/token', { body })).as(schema.token).access_token;
  };

  test('makes an account with a token', async () => {
    const app = await appToken(rest);
    const answer = await rest.call('POST', '/api/v1/accounts', { token: app, body: newcomer });
    const again = await rest.call('POST', '/api/v1/accounts', {
      token: app,
      body: { ...newcomer, email: 'other@illyria.example' },
    });

    const { access_token } = answer.as(schema.token);
    const own = await rest.call('GET', '/api/v1/accounts/verify_credentials', { token: access_token });
    expect(own.as(schema.credentialAccount).acct).toBe('viola');
    const client = await rest.call('GET', '/api/v1/apps/verify_credentials', { token: access_token });
    expect(client.as(schema.application).name).toBe('Nurse');
    expect(again).toMatchObject({ status: 422, body: { error: expect.stringContaining('taken') } });
  });

  test.each([
    ['a short password', { password: 'short' }],
    ['no agreement', { agreement: false }],
    ['no e-mail address', { email: 'viola' }],
    ['a name with a space', { username: 'vi ola' }],
    ['a name that is reserved', { username: 'postmaster' }],
  ])('is refused with %s', async (_, wrong) => {
    await using open = await openRest({ registrations: true });
    const body = { ...newcomer, ...wrong };
    const answer = await open.call('POST', '/api/v1/accounts', { token: await appToken(open), body });

    expect(answer.status).toBe(422);
  });

  test('opens and closes as administrators say, without a restart', async () => {
    await using open = await openRest();
    const { title, description } = open.deps.settings;
    const defaults = { title, description, registrations: false };
    const allow = async (registrations: boolean) =>
      open.domain.run(updateOrganization, {
        input: { change: { registrations }, defaults },
        entry: { actor: 'test', action: 'organization.update', target: '' },
      });
    const signUp = async (username: string) => {
      const body = { ...newcomer, username, email: `${username}@illyria.example` };
      return (await open.call('POST', '/api/v1/accounts', { token: await appToken(open), body })).status;
    };

    expect(await signUp('viola')).toBe(403);
    await allow(true);
    expect(await signUp('viola')).toBe(200);
    await allow(false);
    expect(await signUp('orsino')).toBe(403);
  });

  test('is refused where nobody may, to nobody, and to whoever has an account', async () => {
    await using closed = await openRest();

    expect(
      (await closed.call('POST', '/api/v1/accounts', { token: await appToken(closed), body: newcomer })).status,
    ).toBe(403);
    expect((await rest.call('POST', '/api/v1/accounts', { body: newcomer })).status).toBe(401);
    expect((await rest.call('POST', '/api/v1/accounts', { token, body: newcomer })).status).toBe(403);
  });
});
