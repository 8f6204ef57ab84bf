import { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type OpenZulip, openZulip, type Person, type ZulipRequest } from '../testing/open-zulip.ts';
import type { Verb } from './endpoint.ts';
import { alias, endpoint, json, optional, otherwise, Refusal, text } from './index.ts';

const parameters = {
  word: text('A text.', z.string().trim().min(1).max(5)),
  count: json('A number.', z.int().min(1).max(9)),
  on: otherwise(false, json('A switch.', z.boolean())),
  types: optional(json('A list.', z.array(z.string()))),
  topic: optional(alias('subject', text('Two names.'))),
  rows: otherwise([], json('Objects.', z.array(z.object({ name: z.string(), tone: z.string().optional() })))),
  who: optional(json('A name or a number.', z.union([z.string(), z.int()]))),
  kind: otherwise('a', text('One of two.', z.enum(['a', 'b']))),
};
const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

const echo = (verb: Verb) =>
  endpoint(`${verb} /echo`, {
    access: 'read',
    about: 'Says what it was sent.',
    parameters,
    run: (_, values) => ({ verb, values }),
  });

const fails = (path: string, error: Error) =>
  endpoint(`GET /${path}`, {
    access: 'anyone',
    about: 'Fails.',
    parameters: {},
    run: () => {
      throw error;
    },
  });

let zulip: OpenZulip;
let juliet: Person;
beforeAll(async () => {
  zulip = await openZulip({
    endpoints: [
      ...VERBS.map(echo),
      endpoint('GET /only', { access: 'anyone', about: 'Reads.', parameters: {}, run: () => ({}) }),
      endpoint('POST /write', { access: 'write', about: 'Writes.', parameters: {}, run: () => ({}) }),
      fails('bug', new Error('a secret')),
      fails('later', new CarillonError('draining', 'the server is shutting down')),
      fails('forbidden', new CarillonError('forbidden', 'not yours')),
      fails('lost', new CarillonError('not-found', 'not there')),
      fails('own', new Refusal('Gone fishing', { code: 'FISHING', extra: { pond: 7 } })),
    ],
  });
  juliet = await zulip.person('juliet');
});
afterAll(() => zulip[Symbol.asyncDispose]());

const least = { word: 'hi', count: 3 };
const values = { word: 'hi', count: 3, on: false, rows: [], kind: 'a' };

describe('parameters', () => {
  test.each(VERBS)('of %s come in the query', async (verb) => {
    const { status, body } = await juliet.call(verb, '/echo', { query: { ...least, on: true, types: ['a', 'b'] } });

    expect(status).toBe(200);
    expect(body).toEqual({ result: 'success', msg: '', verb, values: { ...values, on: true, types: ['a', 'b'] } });
  });

  test.each(WITH_BODY)('of %s come in a form of either kind, which counts before the query', async (verb) => {
    for (const kind of ['form', 'multipart'] as const) {
      const answer = await juliet.call(verb, '/echo', {
        query: { word: 'no', topic: 'query' },
        [kind]: { ...least, word: 'yes' },
      });

      expect(answer.body).toMatchObject({ verb, values: { ...values, word: 'yes', topic: 'query' } });
    }
  });

  test('are not read from JSON bodies, nor from files', async () => {
    const asJson = await juliet.call('POST', '/echo', {
      body: JSON.stringify(least),
      headers: { 'content-type': 'application/json' },
    });
    const form = new FormData();
    form.append('/etc/hostname', new File(['x'], 'hostname'));
    form.append('count', new File(['3'], 'count'));
    form.append('word', 'hi');
    const asFile = await juliet.call('POST', '/echo', { body: form });

    expect(asJson.body).toMatchObject({ var_name: 'word' });
    expect(asFile.body).toMatchObject({ var_name: 'count' });
  });

  test('go by either name, and not by both', async () => {
    expect((await juliet.call('POST', '/echo', { form: { ...least, subject: 's' } })).body).toMatchObject({
      values: { topic: 's' },
    });
    expect(
      await juliet.call('POST', '/echo', { form: { ...least, subject: 's' }, query: { topic: 't' } }),
    ).toMatchObject({
      status: 400,
      body: {
        result: 'error',
        msg: "Can't decide between 'topic' and 'subject' arguments",
        code: 'REQUEST_CONFUSING_VAR',
        var_name1: 'topic',
        var_name2: 'subject',
      },
    });
  });

  test('may be null where they may be absent, and nowhere else', async () => {
    expect((await juliet.call('GET', '/echo', { query: { ...least, types: null } })).body).toMatchObject({ values });
    expect((await juliet.call('GET', '/echo', { query: { ...least, on: null } })).body).toMatchObject({
      msg: 'on is not a boolean',
    });
  });

  test('that are required are asked for by name', async () => {
    expect(await juliet.call('POST', '/echo')).toMatchObject({
      status: 400,
      body: { result: 'error', msg: "Missing 'word' argument", code: 'REQUEST_VARIABLE_MISSING', var_name: 'word' },
    });
  });

  test.each([
    [{ word: ' ' }, 'word cannot be blank'],
    [{ word: 'longer' }, 'word is too long (limit: 5 characters)'],
    [{ count: 'three' }, 'count is not valid JSON'],
    [{ count: '"3"' }, 'count is not an integer'],
    [{ count: '3.5' }, 'count is not an integer'],
    [{ count: '0' }, 'count is too small'],
    [{ count: '10' }, 'count is too large'],
    [{ on: 'True' }, 'on is not valid JSON'],
    [{ on: 'yes' }, 'on is not valid JSON'],
    [{ on: '1' }, 'on is not a boolean'],
    [{ on: '"true"' }, 'on is not a boolean'],
    [{ on: '' }, 'on is not valid JSON'],
    [{ types: 'a,b' }, 'types is not valid JSON'],
    [{ types: '{}' }, 'types is not a list'],
    [{ types: '["a", 2]' }, 'types[1] is not a string'],
    [{ rows: '[{"name": 1}]' }, 'rows[0]["name"] is not a string'],
    [{ rows: '[{}]' }, 'rows[0]["name"] field is missing'],
    [{ rows: '["a"]' }, 'rows[0] is not a dict'],
    [{ who: '[]' }, 'who is not a string'],
    [{ kind: 'c' }, 'Invalid kind'],
  ])('%j is refused: %s', async (wrong, msg) => {
    expect(await juliet.call('POST', '/echo', { form: { ...least, ...wrong } })).toMatchObject({
      status: 400,
      body: { result: 'error', msg, code: 'BAD_REQUEST' },
    });
  });

  test('that nest without end are no JSON', async () => {
    expect((await juliet.call('POST', '/echo', { form: { ...least, types: '['.repeat(10_000) } })).body).toMatchObject({
      msg: 'types is not valid JSON',
    });
  });

  test('that mean nothing are listed in order, when the call succeeds', async () => {
    const surplus = { zebra: '1', dont_block: true, client: 'mine' };
    const done = await juliet.call('POST', '/echo', { form: { ...least, ...surplus }, query: { apple: '2' } });
    const failed = await juliet.call('POST', '/echo', { form: surplus });

    expect(done.body['ignored_parameters_unsupported']).toEqual(['apple', 'dont_block', 'zebra']);
    expect(failed.body).not.toHaveProperty('ignored_parameters_unsupported');
  });
});

describe('verbs', () => {
  test.each(VERBS)('a form that is posted may stand for %s', async (verb) => {
    for (const kind of ['form', 'multipart'] as const) {
      const { body } = await juliet.call('POST', '/echo', { [kind]: { ...least, method: verb } });

      expect(body).toEqual({ result: 'success', msg: '', verb, values });
    }
  });

  test('only in the body, and only of POST', async () => {
    const inQuery = await juliet.call('POST', '/echo', { form: least, query: { method: 'PATCH' } });
    const ofPut = await juliet.call('PUT', '/echo', { form: { ...least, method: 'PATCH' } });

    expect(inQuery.body).toMatchObject({ verb: 'POST', ignored_parameters_unsupported: ['method'] });
    expect(ofPut.body).toMatchObject({ verb: 'PUT' });
  });

  test('HEAD is GET without a body', async () => {
    const { status, headers, text } = await juliet.call('HEAD', '/echo', { query: least });

    expect([status, text, headers.get('content-type')]).toEqual([200, '', 'application/json']);
  });

  test('OPTIONS says which there are, to anybody', async () => {
    const all = await zulip.call('OPTIONS', '/echo');

    expect([all.status, all.text]).toEqual([204, '']);
    expect(all.headers.get('allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
    expect((await zulip.call('OPTIONS', '/only')).headers.get('allow')).toBe('GET, HEAD');
  });

  test('others are refused by name', async () => {
    for (const request of [
      { method: 'DELETE', sent: {} },
      { method: 'POST', sent: { form: { method: 'PATCH' } } },
      { method: 'POST', sent: { form: { method: 'NONSENSE' } } },
    ] satisfies { method: string; sent: ZulipRequest }[]) {
      const { status, headers, body } = await zulip.call(request.method, '/only', request.sent);

      expect(status).toBe(405);
      expect(headers.get('allow')).toBe('GET, HEAD');
      expect(body).toEqual({
        result: 'error',
        msg: 'Method Not Allowed',
        code: 'BAD_REQUEST',
        allowed_methods: ['GET'],
      });
    }
  });
});

describe('answers', () => {
  test('are JSON with a line feed behind it that nobody keeps', async () => {
    for (const path of ['/only', '/bug', '/nowhere', '/users/me/nothing']) {
      const { text, headers, body } = await zulip.call('GET', path);

      expect(text.endsWith('}\n')).toBe(true);
      expect(headers.get('content-type')).toBe('application/json');
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('cache-control')).toContain('private');
      expect(body).toMatchObject({ result: expect.any(String), msg: expect.any(String) });
    }
  });

  test.each([
    ['/bug', 500, { msg: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' }],
    ['/later', 503, { msg: 'The server is not available now', code: 'SERVER_NOT_READY' }],
    ['/forbidden', 400, { msg: 'not yours', code: 'UNAUTHORIZED_PRINCIPAL' }],
    ['/lost', 400, { msg: 'not there', code: 'BAD_REQUEST' }],
    ['/own', 400, { msg: 'Gone fishing', code: 'FISHING', pond: 7 }],
    ['/nowhere', 404, { msg: 'Not found', code: 'BAD_REQUEST' }],
    ['/only/', 404, { msg: 'Not found', code: 'BAD_REQUEST' }],
  ])('%s is %i', async (path, status, said) => {
    const answer = await zulip.call('GET', path);

    expect(answer).toMatchObject({ status, body: { result: 'error', ...said } });
    expect(answer.headers.get('retry-after')).toBe(path === '/later' ? '5' : null);
  });

  test('a bug shows nothing of itself but in the log', async () => {
    const before = zulip.failures.length;
    const { text } = await zulip.call('GET', '/bug');

    expect(text).not.toContain('secret');
    expect(zulip.failures.slice(before)).toEqual([new Error('a secret')]);
  });

  test('a body or form that is too much or broken is refused in the same form', async () => {
    const long = await juliet.call('POST', '/echo', { form: { ...least, word: 'x'.repeat(70_000) } });
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`f${at}`, '']));
    const fields = await juliet.call('POST', '/echo', { form: many });
    const broken = await juliet.call('POST', '/echo', {
      body: '--x\r\nnonsense',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });

    expect(long).toMatchObject({ status: 413, body: { result: 'error', code: 'BAD_REQUEST' } });
    expect(fields).toMatchObject({ status: 413, body: { result: 'error', code: 'BAD_REQUEST' } });
    expect(broken).toMatchObject({ status: 400, body: { result: 'error', msg: 'Invalid multipart form' } });
  });
});
