import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { follow } from '../../../domain/index.ts';
import { type OpenZulip, openZulip, type Person } from '../testing/open-zulip.ts';

let zulip: OpenZulip;
let juliet: Person;
let romeo: Person;
let people = 0;

beforeAll(async () => {
  zulip = await openZulip();
});
afterAll(() => zulip[Symbol.asyncDispose]());
beforeEach(async () => {
  people++;
  [juliet, romeo] = [await zulip.person(`juliet${people}`), await zulip.person(`romeo${people}`)];
  await zulip.domain.run(follow, { actor: juliet.id, target: romeo.id });
});

const say = (content: string, to: readonly Person[] = [juliet]) =>
  romeo.done('POST', '/messages', { form: { type: 'private', to: to.map(({ id }) => id), content } });
const poll = (queue_id: unknown, last_event_id: unknown, more = {}) =>
  juliet.call('GET', '/events', { query: { queue_id, last_event_id, dont_block: true, ...more } });

describe('register', () => {
  it('tells the state that was asked for, and makes a queue whose events go on from it', async () => {
    await say('before');
    const { id } = await say('just before');
    const state = await juliet.done('POST', '/register', { form: { fetch_event_types: ['message', 'realm_user'] } });
    const { queue_id, last_event_id } = state;
    await say('after');

    expect(state).toMatchObject({
      max_message_id: id,
      user_id: juliet.id,
      idle_queue_timeout_secs: 600,
      zulip_feature_level: 371,
      realm_users: expect.arrayContaining([juliet, romeo].map(({ id }) => expect.objectContaining({ user_id: id }))),
      realm_non_active_users: [],
    });
    expect((await poll(queue_id, last_event_id)).body).toMatchObject({
      result: 'success',
      queue_id,
      events: [{ type: 'message', message: { content: 'after', type: 'private' } }],
    });
    const few = await juliet.done('POST', '/register', { multipart: { fetch_event_types: ['presence'] } });
    expect(few).not.toHaveProperty('max_message_id');
    expect(few).not.toHaveProperty('realm_users');
  });

  it.each([
    ['a triple', { narrow: [['topic', 'a', 'b']] }, 'BAD_REQUEST'],
    ['an operator that is none', { narrow: [['near', '5']] }, 'BAD_REQUEST'],
    ['an operand that is none', { narrow: [['is', 'banana']] }, 'BAD_REQUEST'],
    ['capabilities without the one that must be there', { client_capabilities: {} }, 'BAD_REQUEST'],
  ])('refuses %s', async (_, form, code) => {
    expect(await juliet.call('POST', '/register', { form })).toMatchObject({ status: 400, body: { code } });
  });

  it('bounds how long a queue may be idle', async () => {
    const granted = async (form: Readonly<Record<string, unknown>>) =>
      (await juliet.done('POST', '/register', { form }))['idle_queue_timeout_secs'];

    expect(await granted({ idle_queue_timeout: '"mobile"' })).toBe(43_200);
    expect(await granted({ queue_lifespan_secs: 9_999_999 })).toBe(604_800);
    expect(await granted({ queue_lifespan_secs: 0 })).toBe(600);
  });

  it('goes on where a queue that is gone stopped', async () => {
    const { queue_id, last_event_id } = await juliet.done('POST', '/register', {});
    await say('while it was there');
    await juliet.done('DELETE', '/events', { form: { queue_id } });
    await say('while there was none');

    const again = await juliet.done('POST', '/register', { form: { last_event_id } });
    const beyond = await juliet.done('POST', '/register', { form: { last_event_id: 1_000_000 } });

    expect(again['last_event_id']).toBe(last_event_id);
    expect(beyond['last_event_id']).toBeLessThan(1_000_000);
    expect((await poll(again['queue_id'], last_event_id)).body['events']).toMatchObject([
      { message: { content: 'while it was there' } },
      { message: { content: 'while there was none' } },
    ]);
  });
});

describe('a poll', () => {
  it('waits for an event, and takes a narrow to heart', async () => {
    const form = { event_types: ['message'], narrow: [['sender', romeo.email]], apply_markdown: true };
    const { queue_id } = await juliet.done('POST', '/register', { form });
    const waiting = juliet.call('GET', '/events', { query: { queue_id, last_event_id: -1 } });
    const nurse = await zulip.person('nurse');
    await nurse.done('POST', '/messages', { form: { type: 'direct', to: [juliet.id], content: 'Madam!' } });
    await say('**good** night');

    const { status, headers, body } = await waiting;

    expect([status, headers.get('x-ratelimit-limit'), headers.get('vary')]).toEqual([200, '20000', 'Cookie']);
    expect(body['events']).toMatchObject([
      { type: 'message', message: { content: expect.stringContaining('<strong>'), sender_id: romeo.id } },
    ]);
  });

  it('is refused in the words that clients act on', async () => {
    const { queue_id, last_event_id } = await juliet.done('POST', '/register', {});
    const bad = { result: 'error', code: 'BAD_EVENT_QUEUE_ID' };

    expect(await poll('nonsense', -1)).toMatchObject({ status: 400, body: { ...bad, queue_id: 'nonsense' } });
    expect(await poll(queue_id, 1_000_000)).toMatchObject({ status: 400, body: bad });
    expect(await romeo.call('GET', '/events', { query: { queue_id, last_event_id } })).toMatchObject({
      status: 400,
      body: { ...bad, msg: `Bad event queue ID: ${String(queue_id)}` },
    });
    expect((await juliet.call('GET', '/events', { query: { last_event_id: -1 } })).body).toMatchObject({
      ...{ code: 'BAD_REQUEST', msg: "Missing 'queue_id' argument" },
    });
    expect((await juliet.call('GET', '/events', { query: { queue_id } })).body).toMatchObject({
      ...{ code: 'BAD_REQUEST', msg: "Missing 'last_event_id' argument" },
    });
    const stranger = await zulip.call('GET', '/events', { query: { queue_id, last_event_id } });
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="zulip"']);
    expect(zulip.failures).toEqual([]);
  });

  it('without a queue makes one when it does not wait', async () => {
    const { body } = await juliet.call('GET', '/events', { query: { dont_block: true, nonsense: 1 } });
    await say('heard');

    expect(body).toMatchObject({ events: [], ignored_parameters_unsupported: ['nonsense'] });
    expect((await poll(body['queue_id'], -1)).body['events']).toMatchObject([{ message: { content: 'heard' } }]);
  });

  it('ends with nothing when its queue is ended', async () => {
    const { queue_id } = await juliet.done('POST', '/register', {});
    const waiting = juliet.call('GET', '/events', { query: { queue_id, last_event_id: -1 } });
    // Parked once a second poll takes over from it.
    const second = juliet.call('GET', '/events', { query: { queue_id, last_event_id: -1 } });
    expect((await Promise.race([waiting, second])).body).toMatchObject({ result: 'success', events: [] });
    await juliet.done('DELETE', '/events', { query: { queue_id } });

    expect((await waiting).body['events']).toEqual([]);
    expect((await second).body['events']).toEqual([]);
    expect((await juliet.call('DELETE', '/events', { form: { queue_id } })).body).toMatchObject({
      code: 'BAD_EVENT_QUEUE_ID',
    });
  });
});
