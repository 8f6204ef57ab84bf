import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { updateSubscription } from '../../../domain/index.ts';
import { type OpenZulip, openZulip, type Person } from '../testing/open-zulip.ts';
import { channel, subscription } from '../testing/schemas.ts';

let zulip: OpenZulip;
let juliet: Person;
let romeo: Person;
let nurse: Person;
beforeAll(async () => {
  zulip = await openZulip();
  juliet = await zulip.person('juliet');
  romeo = await zulip.person('romeo');
  nurse = await zulip.person('nurse');
});
afterAll(() => zulip[Symbol.asyncDispose]());

const subscribe = (who: Person, name: string, more: object = {}) =>
  who.done('POST', '/users/me/subscriptions', { form: { subscriptions: [{ name }], ...more } });

async function idOf(who: Person, stream: string): Promise<number> {
  return z.int().parse((await who.done('GET', '/get_stream_id', { query: { stream } }))['stream_id']);
}

async function namesOf(who: Person, path = '/users/me/subscriptions', query = {}): Promise<readonly string[]> {
  const body = await who.done('GET', path, { query });
  return z
    .array(z.object({ name: z.string() }))
    .parse(body['subscriptions'] ?? body['streams'])
    .map(({ name }) => name);
}

describe('subscribing', () => {
  test('makes a channel once and joins it after that, whatever the case of its name', async () => {
    const first = await juliet.done('POST', '/users/me/subscriptions', {
      form: { subscriptions: [{ name: 'Fair Verona', description: 'Where we lay\nour <scene>' }] },
    });
    const again = await subscribe(juliet, 'fair verona');
    const other = await subscribe(romeo, 'FAIR VERONA');

    expect(first).toMatchObject({ subscribed: { [juliet.id]: ['Fair Verona'] }, already_subscribed: {} });
    expect(again).toMatchObject({ subscribed: {}, already_subscribed: { [juliet.id]: ['Fair Verona'] } });
    expect(other).toMatchObject({ subscribed: { [romeo.id]: ['Fair Verona'] } });
    const id = await idOf(romeo, 'fair verona');
    const { stream } = await romeo.done('GET', `/streams/${id}`);
    expect(channel.parse(stream)).toMatchObject({
      name: 'Fair Verona',
      description: 'Where we lay our <scene>',
      rendered_description: '<p>Where we lay our &lt;scene&gt;</p>',
      creator_id: juliet.id,
      invite_only: false,
      first_message_id: null,
      stream_post_policy: 1,
    });
    expect((await nurse.done('GET', `/streams/${id}/members`))['subscribers']).toEqual([juliet.id, romeo.id]);
  });

  test('takes names in any letters', async () => {
    for (const name of ['Верона', 'a b/c', '日本', 'admin', 'x'.repeat(60)]) {
      await subscribe(juliet, name);
      expect(await namesOf(juliet)).toContain(name);
      expect(await idOf(romeo, name)).toBeGreaterThan(0);
    }
  });

  test('follows a person by the person’s own channel', async () => {
    await subscribe(romeo, '@nurse');

    expect(await namesOf(romeo)).toEqual(expect.arrayContaining(['@romeo', '@nurse']));
    const id = await idOf(romeo, '@nurse');
    expect((await romeo.done('GET', `/streams/${id}/members`))['subscribers']).toEqual([nurse.id, romeo.id]);
    expect(
      await romeo.call('POST', '/users/me/subscriptions', { form: { subscriptions: [{ name: '@ghost' }] } }),
    ).toMatchObject({
      status: 400,
      body: { code: 'STREAM_DOES_NOT_EXIST', stream: '@ghost' },
    });
  });

  test('lists settings, and who else is there when asked', async () => {
    await subscribe(nurse, 'kitchen');
    const id = await idOf(nurse, 'kitchen');
    await zulip.domain.run(updateSubscription, {
      actor: nurse.id,
      channel: id,
      settings: { muted: true, color: '#c2726a' },
    });
    const { subscriptions } = await nurse.done('GET', '/users/me/subscriptions', {
      query: { include_subscribers: true },
    });
    const all = z.array(subscription).parse(subscriptions);

    expect(all.map(({ name }) => name)).toEqual(['@nurse', 'kitchen']);
    expect(all[1]).toMatchObject({ is_muted: true, in_home_view: false, color: '#c2726a', subscribers: [nurse.id] });
    expect(all[0]).toMatchObject({ is_muted: false, in_home_view: true, pin_to_top: false });
  });
});

describe('ending subscriptions', () => {
  test('says what ended, in a form or in the query', async () => {
    await subscribe(juliet, 'orchard');
    await subscribe(romeo, 'orchard');
    const left = await romeo.done('DELETE', '/users/me/subscriptions', { form: { subscriptions: ['Orchard'] } });
    const again = await romeo.done('DELETE', '/users/me/subscriptions', { query: { subscriptions: ['orchard'] } });

    expect(left).toMatchObject({ removed: ['orchard'], not_removed: [] });
    expect(again).toMatchObject({ removed: [], not_removed: ['orchard'] });
    expect(
      await romeo.call('DELETE', '/users/me/subscriptions', { query: { subscriptions: ['nowhere'] } }),
    ).toMatchObject({
      status: 400,
      body: { msg: "Channel 'nowhere' does not exist", code: 'STREAM_DOES_NOT_EXIST', stream: 'nowhere' },
    });
  });

  test('goes together with subscribing, also as a form that is posted', async () => {
    await subscribe(juliet, 'one');
    await romeo.done('PATCH', '/users/me/subscriptions', { query: { add: [{ name: 'one' }] } });
    const both = await romeo.done('POST', '/users/me/subscriptions', {
      multipart: { method: 'PATCH', add: [{ name: 'two' }], delete: ['one'] },
    });

    expect(both).toMatchObject({ subscribed: { [romeo.id]: ['two'] }, removed: ['one'], not_removed: [] });
    expect(both).not.toHaveProperty('ignored_parameters_unsupported');
    expect((await romeo.call('PATCH', '/users/me/subscriptions')).status).toBe(400);
  });
});

describe('closed channels', () => {
  test('are there for nobody but those who were let in', async () => {
    await subscribe(juliet, 'balcony', { invite_only: true });
    const id = await idOf(juliet, 'balcony');

    expect(await namesOf(nurse, '/streams')).not.toContain('balcony');
    for (const [path, query] of [
      [`/streams/${id}`, {}],
      [`/streams/${id}/members`, {}],
      ['/get_stream_id', { stream: 'balcony' }],
    ] as const) {
      const secret = await nurse.call('GET', path, { query });
      const absent = await nurse.call('GET', path.replace(String(id), '7'), { query: { ...query, stream: 'absent' } });
      expect([secret.status, secret.body['code']]).toEqual([absent.status, absent.body['code']]);
    }
    expect(
      await nurse.call('POST', '/users/me/subscriptions', { form: { subscriptions: [{ name: 'balcony' }] } }),
    ).toMatchObject({ status: 400, body: { msg: 'Unable to access channel (balcony).', code: 'BAD_REQUEST' } });
    expect(
      await nurse.done('POST', '/users/me/subscriptions', {
        form: { subscriptions: [{ name: 'balcony' }, { name: 'hall' }], authorization_errors_fatal: false },
      }),
    ).toMatchObject({ unauthorized: ['balcony'], subscribed: { [nurse.id]: ['hall'] } });
  });

  test('are filled and emptied by their owners, by id and by address', async () => {
    await subscribe(juliet, 'tomb', { invite_only: true });
    const added = await subscribe(juliet, 'tomb', { principals: [romeo.id, juliet.id] });
    const byAddress = await subscribe(juliet, 'tomb', { principals: [nurse.email] });

    expect(added).toMatchObject({
      subscribed: { [romeo.id]: ['tomb'] },
      already_subscribed: { [juliet.id]: ['tomb'] },
    });
    expect(byAddress).toMatchObject({ subscribed: { [nurse.id]: ['tomb'] } });
    expect(await namesOf(romeo)).toContain('tomb');
    const form = { subscriptions: [{ name: 'tomb' }], principals: ['ghost@chat.example'] };
    expect(await juliet.call('POST', '/users/me/subscriptions', { form })).toMatchObject({
      status: 400,
      body: { msg: "Invalid email 'ghost@chat.example'" },
    });
    const paris = await zulip.person('paris');
    const byMember = { subscriptions: [{ name: 'tomb' }], principals: [paris.id] };
    expect(await romeo.call('POST', '/users/me/subscriptions', { form: byMember })).toMatchObject({
      body: { code: 'UNAUTHORIZED_PRINCIPAL' },
    });
    const removal = { subscriptions: ['tomb'], principals: [romeo.id] };
    expect((await nurse.call('DELETE', '/users/me/subscriptions', { form: removal })).body['code']).toBe(
      'UNAUTHORIZED_PRINCIPAL',
    );
    expect(await juliet.done('DELETE', '/users/me/subscriptions', { form: removal })).toMatchObject({
      removed: ['tomb'],
    });
    expect(await namesOf(romeo)).not.toContain('tomb');
  });
});

describe('channels', () => {
  test('are listed as asked', async () => {
    await subscribe(juliet, 'cell', { invite_only: true });
    await subscribe(nurse, 'market');
    const listed = (query: object) => namesOf(juliet, '/streams', query);

    expect(await listed({})).toEqual(expect.arrayContaining(['cell', 'market', '@romeo']));
    expect(await listed({ include_public: false })).not.toContain('market');
    expect(await listed({ include_subscribed: false })).not.toContain('cell');
    const { streams } = await juliet.done('GET', '/streams');
    z.array(channel).parse(streams);
  });

  test('are changed by who may, and keep their names apart', async () => {
    await subscribe(juliet, 'friary');
    await subscribe(romeo, 'friary');
    await subscribe(romeo, 'taken');
    const id = await idOf(juliet, 'friary');
    const by = (who: Person, query: Record<string, unknown>) => who.call('PATCH', `/streams/${id}`, { query });

    expect(await by(romeo, { description: 'mine' })).toMatchObject({
      status: 400,
      body: { code: 'UNAUTHORIZED_PRINCIPAL' },
    });
    expect(await by(juliet, { new_name: 'Taken' })).toMatchObject({ body: { code: 'CHANNEL_ALREADY_EXISTS' } });
    expect(await by(juliet, { new_name: ' ' })).toMatchObject({ body: { msg: 'new_name cannot be blank' } });
    await juliet.done('PATCH', `/streams/${id}`, {
      form: { new_name: 'Cloister', description: 'quiet', is_private: true },
    });
    expect((await juliet.done('GET', `/streams/${id}`))['stream']).toMatchObject({
      name: 'Cloister',
      description: 'quiet',
      invite_only: true,
    });
    expect(await nurse.call('GET', `/streams/${id}`)).toMatchObject({ body: { msg: 'Invalid channel ID' } });
    await by(juliet, { is_private: false });
    expect((await nurse.done('GET', `/streams/${id}`))['stream']).toMatchObject({ invite_only: false });
  });
});
