import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type OpenZulip, openZulip, type Person, type Sent } from '../testing/open-zulip.ts';
import { message } from '../testing/schemas.ts';

let zulip: OpenZulip;
let juliet: Person;
let romeo: Person;
let nurse: Person;
let verona: number;
beforeAll(async () => {
  zulip = await openZulip();
  juliet = await zulip.person('juliet', { displayName: 'Juliet' });
  romeo = await zulip.person('romeo');
  nurse = await zulip.person('nurse');
  for (const who of [juliet, romeo]) {
    await who.done('POST', '/users/me/subscriptions', {
      form: { subscriptions: [{ name: 'Verona' }, { name: '123' }] },
    });
  }
  verona = z.int().parse((await juliet.done('GET', '/get_stream_id', { query: { stream: 'Verona' } }))['stream_id']);
});
afterAll(() => zulip[Symbol.asyncDispose]());

async function send(who: Person, form: Sent): Promise<number> {
  return z.int().parse((await who.done('POST', '/messages', { form }))['id']);
}

const toVerona = (content: string, topic = 'feud') => ({ type: 'stream', to: 'Verona', topic, content });

async function read(who: Person, id: number, query: Sent = {}) {
  const body = await who.done('GET', `/messages/${id}`, { query });
  return { ...message.parse(body['message']), raw: body['raw_content'] };
}

const refused = (who: Person, form: Sent) => who.call('POST', '/messages', { form });

describe('sending to a channel', () => {
  test('is read as HTML and as the Markdown it was', async () => {
    const id = await send(juliet, { ...toVerona('*Good* morrow\n'), client: 'test' });

    expect(await read(romeo, id)).toMatchObject({
      id,
      type: 'stream',
      stream_id: verona,
      display_recipient: 'Verona',
      subject: 'feud',
      sender_id: juliet.id,
      sender_email: 'juliet@chat.example',
      sender_full_name: 'Juliet',
      client: 'test',
      content: '<p><em>Good</em> morrow</p>',
      content_type: 'text/html',
      raw: '*Good* morrow',
      reactions: [],
      flags: [],
    });
    expect(await read(juliet, id, { apply_markdown: false, client_gravatar: false })).toMatchObject({
      content: '*Good* morrow',
      content_type: 'text/x-markdown',
      avatar_url: expect.any(String),
    });
  });

  test.each([
    ['a bare name', 'Verona'],
    ['a name in another case', 'vErOnA'],
    ['a JSON string', '"Verona"'],
    ['a list of one name', '["Verona"]'],
  ])('takes %s', async (_, to) => {
    const id = await send(romeo, { ...toVerona('x'), to });

    expect(await read(romeo, id)).toMatchObject({ stream_id: verona });
  });

  test('takes an id as a number, and a name of digits in quotes', async () => {
    const byId = await send(romeo, { ...toVerona('x'), to: verona });
    const quoted = await send(romeo, { ...toVerona('x'), to: '"123"' });

    expect(await read(romeo, byId)).toMatchObject({ stream_id: verona });
    expect(await read(romeo, quoted)).toMatchObject({ display_recipient: '123' });
    expect(await refused(romeo, { ...toVerona('x'), to: 123 })).toMatchObject({ body: { msg: 'Invalid channel ID' } });
  });

  test('goes by either name of the type and of the topic, which may have none', async () => {
    const { topic, ...rest } = toVerona('x');
    const bot = await send(romeo, { ...rest, subject: topic, type: 'channel' });
    const without = await send(romeo, { ...rest, topic: '(no topic)' });

    expect(await read(romeo, bot)).toMatchObject({ type: 'stream', subject: 'feud' });
    expect(await read(romeo, without)).toMatchObject({ subject: 'general chat' });
    expect(await read(romeo, without, { allow_empty_topic_name: true })).toMatchObject({ subject: '' });
  });

  test('to one’s own channel stays there, whoever is named', async () => {
    const id = await send(juliet, { ...toVerona('hear, @verona'), to: '@juliet' });

    expect(await read(romeo, id)).toMatchObject({ display_recipient: '@juliet' });
  });

  test.each([
    [{ ...toVerona('x'), to: 'nowhere' }, 'STREAM_DOES_NOT_EXIST', "Channel 'nowhere' does not exist"],
    [{ ...toVerona('x'), to: '[1, 2]' }, 'BAD_REQUEST', 'Expected exactly one channel'],
    [{ ...toVerona('x'), to: '{}' }, 'BAD_REQUEST', 'Invalid data type for channel'],
    [{ ...toVerona('x'), to: '@romeo' }, 'BAD_REQUEST', "Not authorized to send to channel '@romeo'"],
    [{ type: 'stream', to: 'Verona', content: 'x' }, 'BAD_REQUEST', 'Missing topic'],
    [toVerona(' \n '), 'BAD_REQUEST', 'Message must not be empty'],
    [toVerona('a\0b'), 'BAD_REQUEST', 'Message must not contain null bytes'],
    [{ ...toVerona('x'), type: 'letter' }, 'BAD_REQUEST', 'Invalid type'],
    [{ type: 'stream', to: 'Verona', topic: 't' }, 'REQUEST_VARIABLE_MISSING', "Missing 'content' argument"],
  ])('%j is refused', async (form, code, msg) => {
    expect(await refused(juliet, form)).toMatchObject({ status: 400, body: { result: 'error', code, msg } });
  });

  test('is for those who follow it', async () => {
    expect(await refused(nurse, toVerona('x'))).toMatchObject({
      status: 400,
      body: { msg: "Not authorized to send to channel 'Verona'" },
    });
  });
});

describe('sending to people', () => {
  test.each([
    ['ids', (who: Person) => `[${who.id}]`],
    ['ids, oneself among them', (who: Person) => `[${juliet.id}, ${who.id}, ${who.id}]`],
    ['an address', (who: Person) => who.email],
    ['addresses with commas', (who: Person) => `${who.email}, ${juliet.email}`],
    ['a list of addresses', (who: Person) => JSON.stringify([who.email])],
  ])('takes %s', async (_, to) => {
    const id = await send(juliet, { type: 'private', to: to(romeo), content: 'soft' });
    const { type, stream_id, subject, display_recipient: who } = await read(romeo, id);

    expect([type, stream_id, subject]).toEqual(['private', undefined, '']);
    expect(who).toEqual([
      { id: juliet.id, email: 'juliet@chat.example', full_name: 'Juliet', is_mirror_dummy: false },
      { id: romeo.id, email: 'romeo@chat.example', full_name: 'romeo', is_mirror_dummy: false },
    ]);
    expect(await nurse.call('GET', `/messages/${id}`)).toMatchObject({ body: { msg: 'Invalid message(s)' } });
  });

  test('goes to them alone, whoever is named in it', async () => {
    const id = await send(juliet, { type: 'direct', to: [romeo.id], content: 'mind @nurse' });

    expect((await nurse.call('GET', `/messages/${id}`)).status).toBe(400);
    await juliet.done('PATCH', `/messages/${id}`, { form: { content: 'mind @nurse well' } });
    expect((await nurse.call('GET', `/messages/${id}`)).status).toBe(400);
    expect(await read(romeo, id)).toMatchObject({ raw: 'mind @nurse well' });
  });

  test.each([
    ['[]', 'Message must have recipients'],
    ['["a", 1]', 'Recipient list may only contain user IDs or emails, not both'],
    ['{}', 'Recipient list may only contain user IDs or emails, not both'],
    ['[7]', 'Invalid user ID 7'],
    ['ghost@chat.example', "Invalid email 'ghost@chat.example'"],
  ])('%s is refused', async (to, msg) => {
    expect(await refused(juliet, { type: 'private', to, content: 'x' })).toMatchObject({
      status: 400,
      body: { msg, code: 'BAD_REQUEST' },
    });
  });
});

describe('sending again', () => {
  test('what has a name of its queue’s sends nothing more', async () => {
    const form = { ...toVerona('once'), queue_id: 'q:1', local_id: '17.01' };
    const first = await send(juliet, form);
    const again = await juliet.done('POST', '/messages', { form: { ...form, dont_block: true } });

    expect(again).toMatchObject({ id: first, ignored_parameters_unsupported: ['dont_block'] });
    expect(await send(romeo, form)).not.toBe(first);
    expect(await send(juliet, { ...form, local_id: '17.02' })).not.toBe(first);
    expect((await refused(juliet, { ...form, content: 'twice' })).status).toBe(400);
  });

  test('with an Idempotency-Key neither', async () => {
    const request = { form: toVerona('keyed'), headers: { 'idempotency-key': 'k1' } };
    const first = await juliet.done('POST', '/messages', request);

    expect((await juliet.done('POST', '/messages', request))['id']).toBe(first['id']);
  });
});

describe('changing', () => {
  test('a text, as the Python library and as zulip-js send it', async () => {
    const id = await send(juliet, toVerona('old'));
    const python = await juliet.done('PATCH', `/messages/${id}`, { form: { message_id: id, content: 'new' } });
    await juliet.done('PATCH', `/messages/${id}`, { query: { message_id: id, content: 'newer' } });

    expect(python).toMatchObject({ detached_uploads: [], ignored_parameters_unsupported: ['message_id'] });
    expect(await read(romeo, id)).toMatchObject({ raw: 'newer', last_edit_timestamp: expect.any(Number) });
    expect(await romeo.call('PATCH', `/messages/${id}`, { form: { content: 'mine' } })).toMatchObject({
      status: 400,
      body: { msg: "You don't have permission to edit this message" },
    });
    await juliet.done('PATCH', `/messages/${id}`, { form: { content: ' ' } });
    expect(await read(romeo, id)).toMatchObject({ raw: '(deleted)' });
  });

  test('a topic, of one message or of all', async () => {
    const [first, second] = [await send(juliet, toVerona('1', 'tale')), await send(juliet, toVerona('2', 'tale'))];
    await juliet.done('PATCH', `/messages/${second}`, { form: { topic: 'song' } });

    expect((await read(romeo, first)).subject).toBe('tale');
    expect((await read(romeo, second)).subject).toBe('song');
    await juliet.done('PATCH', `/messages/${second}`, { form: { subject: 'tale' } });
    await juliet.done('PATCH', `/messages/${first}`, { form: { topic: 'play', propagate_mode: 'change_all' } });
    expect([(await read(romeo, first)).subject, (await read(romeo, second)).subject]).toEqual(['play', 'play']);
  });

  test.each([
    [{}, 'Nothing to change'],
    [{ content: 'x', stream_id: 1 }, 'Cannot change message content while changing channel'],
    [{ stream_id: 7 }, 'Invalid channel ID'],
    [{ topic: 't', propagate_mode: 'some' }, 'Invalid propagate_mode'],
  ])('%j is refused', async (form, msg) => {
    const id = await send(juliet, toVerona('x'));

    expect(await juliet.call('PATCH', `/messages/${id}`, { form })).toMatchObject({ status: 400, body: { msg } });
  });

  test('by deleting it', async () => {
    const id = await send(juliet, toVerona('gone'));

    expect(await romeo.call('DELETE', `/messages/${id}`)).toMatchObject({
      body: { msg: "You don't have permission to delete this message" },
    });
    await juliet.done('DELETE', `/messages/${id}`);
    for (const who of [juliet, romeo]) {
      expect(await who.call('GET', `/messages/${id}`)).toMatchObject({
        status: 400,
        body: { msg: 'Invalid message(s)' },
      });
    }
  });

  test.each(['x', '1', '-1', '99999999999999999999'])('%s is no message', async (id) => {
    for (const [method, path] of [
      ['GET', `/messages/${id}`],
      ['PATCH', `/messages/${id}`],
      ['DELETE', `/messages/${id}`],
      ['POST', `/messages/${id}/reactions`],
    ] as const) {
      const form = method === 'GET' ? {} : { form: { content: 'x', emoji_name: 'wave' } };
      expect(await juliet.call(method, path, form)).toMatchObject({ status: 400, body: { msg: 'Invalid message(s)' } });
    }
  });
});
