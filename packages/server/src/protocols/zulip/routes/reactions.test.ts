import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type OpenZulip, openZulip, type Person } from '../testing/open-zulip.ts';
import { message } from '../testing/schemas.ts';

let zulip: OpenZulip;
let juliet: Person;
let romeo: Person;
beforeAll(async () => {
  zulip = await openZulip();
  juliet = await zulip.person('juliet');
  romeo = await zulip.person('romeo');
});
afterAll(() => zulip[Symbol.asyncDispose]());

async function letter(): Promise<number> {
  const form = { type: 'private', to: [romeo.id], content: 'x' };
  return z.int().parse((await juliet.done('POST', '/messages', { form }))['id']);
}

async function reactions(id: number) {
  return message.parse((await juliet.done('GET', `/messages/${id}`))['message']).reactions;
}

test('one reacts by a name alone, once, and back', async () => {
  const id = await letter();
  const form = { message_id: id, emoji_name: 'wave', reaction_type: 'unicode_emoji' };
  await romeo.done('POST', `/messages/${id}/reactions`, { form });

  expect(await reactions(id)).toEqual([
    {
      emoji_name: 'wave',
      emoji_code: '1f44b',
      reaction_type: 'unicode_emoji',
      user_id: romeo.id,
      user: { id: romeo.id, email: 'romeo@chat.example', full_name: 'romeo' },
    },
  ]);
  expect(await romeo.call('POST', `/messages/${id}/reactions`, { form })).toMatchObject({
    status: 400,
    body: { code: 'REACTION_ALREADY_EXISTS' },
  });
  await romeo.done('DELETE', `/messages/${id}/reactions`, { query: { emoji_name: 'wave' } });
  expect(await reactions(id)).toEqual([]);
  expect(await romeo.call('DELETE', `/messages/${id}/reactions`, { form })).toMatchObject({
    status: 400,
    body: { code: 'REACTION_DOES_NOT_EXIST' },
  });
});

test('one reacts by a code, under the name that Zulip has for it', async () => {
  const id = await letter();
  const form = { emoji_name: 'smile', emoji_code: '1f642', reaction_type: 'unicode_emoji' };
  await romeo.done('POST', `/messages/${id}/reactions`, { multipart: form });

  expect(await reactions(id)).toMatchObject([{ emoji_name: 'smile', emoji_code: '1f642' }]);
  await romeo.done('DELETE', `/messages/${id}/reactions`, { form: { emoji_name: 'smile' } });
  expect(await reactions(id)).toEqual([]);
});

test.each(['+1', 'thumbs_up', 'heart', 'octopus', 'star', '100', 'waving_hand', 'family_man_woman_girl_boy'])(
  '%s is an emoji',
  async (emoji_name) => {
    const id = await letter();
    await romeo.done('POST', `/messages/${id}/reactions`, { form: { emoji_name } });
    const [reaction] = await reactions(id);

    expect(reaction).toMatchObject({ emoji_name });
    const { emoji_code } = reaction ?? { emoji_code: '' };
    await romeo.done('DELETE', `/messages/${id}/reactions`, { form: { emoji_code, emoji_name } });
  },
);

test.each([
  [{ emoji_name: 'constructor' }, "Emoji 'constructor' does not exist"],
  [{ emoji_name: '' }, "Emoji '' does not exist"],
  [{ emoji_name: 'a', emoji_code: '61' }, 'Invalid emoji code.'],
  [{ emoji_name: 'a', emoji_code: '30' }, 'Invalid emoji code.'],
  [{ emoji_name: 'a', emoji_code: '110000' }, 'Invalid emoji code.'],
  [{ emoji_name: 'a', emoji_code: '1f44b-1f44b' }, 'Invalid emoji code.'],
  [{ emoji_name: 'wave', reaction_type: 'realm_emoji' }, "Emoji 'wave' does not exist"],
  [{ emoji_name: 'wave', reaction_type: 'other' }, 'Invalid reaction_type'],
])('%j is refused', async (form, msg) => {
  const id = await letter();

  expect(await romeo.call('POST', `/messages/${id}/reactions`, { form })).toMatchObject({
    status: 400,
    body: { msg },
  });
});
