import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAppToken, createOauthApp } from '../../../domain/index.ts';
import { SCOPES } from '../http/index.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

/** What nobody in particular may ask, too. */
const OPEN = new Set([
  ...['GET /.well-known/oauth-authorization-server', 'GET /oauth/authorize', 'POST /oauth/authorize'],
  ...['POST /oauth/token', 'POST /oauth/revoke', 'POST /api/v1/apps', 'GET /media/:name', 'HEAD /media/:name'],
  ...['GET /avatars/original/missing.png', 'GET /headers/original/missing.png'],
  ...['GET /:acct{@[^/]+}', 'GET /:acct{@[^/]+}/:id', 'GET /users/:acct', 'GET /users/:acct/statuses/:id'],
  ...['GET /tags/:name'],
  ...['', '/activity', '/extended_description', '/peers', '/rules'].map((path) => `GET /api/v1/instance${path}`),
  ...['GET /api/v2/instance', 'GET /api/v1/custom_emojis', 'GET /api/v1/announcements'],
  ...['', '/:id', '/:id/statuses', '/:id/followers', '/:id/following', '/:id/featured_tags', '/lookup'].map(
    (path) => `GET /api/v1/accounts${path}`,
  ),
  ...['', '/:id', '/:id/context', '/:id/history', '/:id/favourited_by', '/:id/reblogged_by'].map(
    (path) => `GET /api/v1/statuses${path}`,
  ),
  ...['GET /api/v1/timelines/public', 'GET /api/v1/timelines/tag/:tag', 'GET /api/v1/tags/:name'],
  ...['', '/links', '/statuses', '/tags'].map((path) => `GET /api/v1/trends${path}`),
  ...['GET /api/v2/search', 'GET /api/v1/search'],
]);
/** About the application of the token, which is enough, with any scope. */
const OF_APPS = 'GET /api/v1/apps/verify_credentials';
const FOR_APPS = new Set(['POST /api/v1/accounts', OF_APPS]);
const UNSCOPED = new Set([OF_APPS]);

let rest: OpenRest;
let calls: readonly (readonly [method: string, path: string])[];
let apps: string;
let push: string;
let all: string;

beforeAll(async () => {
  rest = await openRest();
  const { id } = await rest.domain.account('juliet');
  push = await rest.token(id, 'push');
  all = await rest.token(id, ...SCOPES);
  apps = randomBytes(32).toString('base64url');
  const { id: app } = await rest.domain.run(createOauthApp, {
    ...{ clientId: 'client', name: 'app', website: null, redirectUris: [], scopes: ['read', 'write', 'follow'] },
    secret: digestOf('secret'),
  });
  await rest.domain.run(createAppToken, { app, scopes: SCOPES, token: digestOf(apps) });
  const known = new Map(rest.app.routes.map(({ method, path }) => [`${method} ${path}`, [method, path] as const]));
  calls = [...known.values()].filter(([method, path]) => method !== 'ALL' && !(path.length > 1 && path.endsWith('/')));
});

afterAll(() => rest[Symbol.asyncDispose]());

/** Of calls that are not for everybody, those that answer otherwise. */
async function otherwise(token: string | undefined, expected: object, but: ReadonlySet<string>) {
  const wrong: unknown[] = [];
  for (const [method, path] of calls) {
    const name = `${method} ${path}`;
    if (OPEN.has(name) || but.has(name)) continue;
    const { status, body } = await rest.call(
      method,
      path.replaceAll(/:\w+/g, '1'),
      token === undefined ? {} : { token },
    );
    if (JSON.stringify({ status, body }) !== JSON.stringify(expected)) wrong.push([name, status, body]);
  }
  return wrong;
}

const refusal = (status: number, error: string) => ({ status, body: { error } });

test('every call that is not for everybody wants a token', async () => {
  expect(calls.length).toBeGreaterThan(130);
  expect([...OPEN].filter((name) => !calls.some(([method, path]) => name === `${method} ${path}`))).toEqual([]);
  expect(await otherwise(undefined, refusal(401, 'The access token is invalid'), new Set())).toEqual([]);
});

test('every such call wants its scope', async () => {
  const expected = refusal(403, 'This action is outside the authorized scopes');

  expect(await otherwise(push, expected, UNSCOPED)).toEqual([]);
});

test('every such call wants somebody', async () => {
  expect(await otherwise(apps, refusal(422, 'This method requires an authenticated user'), FOR_APPS)).toEqual([]);
});

test('every call about something finds nothing where there is nothing', async () => {
  const about = calls.filter(([method, path]) => method === 'GET' && path.startsWith('/api/') && path.includes('/:id'));
  const found: unknown[] = [];
  for (const [method, path] of about) {
    const { status, body } = await rest.call(method, path.replace(':id', '1'), { token: all });
    if (status !== 404 || JSON.stringify(body) !== '{"error":"Record not found"}') found.push([path, status, body]);
  }

  expect(about.length).toBeGreaterThan(20);
  expect(found).toEqual([]);
});

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
