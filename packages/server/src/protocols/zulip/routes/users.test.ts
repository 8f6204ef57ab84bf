import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { suspendAccount } from '../../../domain/index.ts';
import { type OpenZulip, openZulip, type Person } from '../testing/open-zulip.ts';
import { user } from '../testing/schemas.ts';

let zulip: OpenZulip;
let juliet: Person;
let bot: Person;
beforeAll(async () => {
  zulip = await openZulip();
  juliet = await zulip.person('juliet', { displayName: 'Juliet Capulet', email: 'j@elsewhere.example', role: 'owner' });
  bot = await zulip.person('bot', { kind: 'bot' });
});
afterAll(() => zulip[Symbol.asyncDispose]());

test('an account is told all of itself', async () => {
  const { result, msg, max_message_id, ...me } = await juliet.done('GET', '/users/me');

  expect(user.parse(me)).toMatchObject({
    user_id: juliet.id,
    email: 'juliet@chat.example',
    delivery_email: 'j@elsewhere.example',
    full_name: 'Juliet Capulet',
    role: 100,
    is_owner: true,
    is_admin: true,
    is_bot: false,
    profile_data: {},
  });
  expect([result, msg, max_message_id]).toEqual(['success', '', -1]);
  const { id } = await juliet.done('POST', '/messages', { form: { type: 'private', to: [juliet.id], content: 'O' } });
  expect(await juliet.done('GET', '/users/me')).toMatchObject({ max_message_id: id });
});

test('everybody is listed, without their real addresses, and who is suspended as inactive', async () => {
  const tybalt = await zulip.person('tybalt');
  const entry = { actor: 'test', action: 'accounts.suspend', target: 'tybalt' };
  await zulip.domain.run(suspendAccount, { input: { account: tybalt.id }, entry });
  const { members } = await bot.done('GET', '/users', { query: { client_gravatar: false } });
  const all = z.array(user).parse(members);

  expect(all.map(({ email }) => email)).toEqual(['juliet@chat.example', 'bot@chat.example', 'tybalt@chat.example']);
  expect(all.map(({ delivery_email }) => delivery_email)).toEqual([null, 'bot@chat.example', null]);
  expect(all.map(({ is_active }) => is_active)).toEqual([true, true, false]);
  expect(all.map(({ is_bot, bot_type }) => [is_bot, bot_type])).toEqual([
    [false, null],
    [true, 1],
    [false, null],
  ]);
});

test('somebody is found by id and by address', async () => {
  for (const name of [String(juliet.id), 'juliet@chat.example', 'JULIET@chat.example']) {
    const { user: found } = await bot.done('GET', `/users/${encodeURIComponent(name)}`);
    expect(user.parse(found)).toMatchObject({ user_id: juliet.id, delivery_email: null });
  }
  const options = { query: { include_custom_profile_fields: true } };
  expect((await bot.done('GET', `/users/${juliet.id}`, options))['user']).toMatchObject({ profile_data: {} });
});

test.each(['1', 'nobody@chat.example', 'j@elsewhere.example', 'juliet@other.example', '99999999999999999999'])(
  '%s is nobody',
  async (name) => {
    expect(await bot.call('GET', `/users/${name}`)).toMatchObject({
      status: 400,
      body: { result: 'error', msg: 'No such user', code: 'BAD_REQUEST' },
    });
  },
);

test('a group channel is nobody', async () => {
  const { subscribed } = await juliet.done('POST', '/users/me/subscriptions', {
    form: { subscriptions: [{ name: 'verona' }] },
  });
  expect(subscribed).toEqual({ [juliet.id]: ['verona'] });
  const { stream_id } = await juliet.done('GET', '/get_stream_id', { query: { stream: 'verona' } });

  for (const name of [String(stream_id), 'verona@chat.example']) {
    expect((await bot.call('GET', `/users/${name}`)).body).toMatchObject({ msg: 'No such user' });
  }
});
