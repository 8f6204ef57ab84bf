import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Community, type Member, startCommunity } from './community.ts';
import { mastodonRoutes } from './fuzz/mastodon/seeds.ts';
import { GIF } from './fuzz/mastodon/world.ts';

let community: Community;
beforeAll(async () => {
  community = await startCommunity();
});
afterAll(() => community[Symbol.asyncDispose]());

/** Calls below `/api`, as they would be made by somebody who means none of their things. */
const CALLS = mastodonRoutes()
  .filter((route) => route.includes(' /api/'))
  .map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { route, method, path: path.replaceAll(':id', '7').replaceAll(/:(?:name|tag|key)/g, 'x') };
  });
/** Everybody may look at these, whatever their token is for. */
const OPEN = /^GET \/api\/v[12]\/(?:instance|custom_emojis|trends|apps|announcements)/;
/** Looking at what one is uploading is a part of it. */
const UPLOADING = /\/media\/:id$/;
const NO_WRITES = /^POST \/api\/v1\/(?:apps|statuses\/:id\/translate)$/;

describe('a token', () => {
  let tokens: Readonly<Record<'read' | 'write' | 'push' | 'statuses' | 'app', string>>;
  beforeAll(async () => {
    const { name } = await community.member('scoped');
    const asked = { client_name: 'A', redirect_uris: 'https://a.example/', scopes: 'read write follow push' };
    const { client_id, client_secret } = (await community.call('POST', '/api/v1/apps', { body: asked })).body;
    const grant = { client_id, client_secret, grant_type: 'client_credentials', scope: asked.scopes };
    const app = await community.call('POST', '/oauth/token', { body: grant });
    tokens = {
      read: await community.token(name, 'read'),
      write: await community.token(name, 'write'),
      push: await community.token(name, 'push'),
      statuses: await community.token(name, 'read:statuses'),
      app: String(app.body['access_token']),
    };
  });

  const writes = CALLS.filter(({ method, route }) => method !== 'GET' && !NO_WRITES.test(route));
  const reads = CALLS.filter(({ method, route }) => method === 'GET' && !OPEN.test(route) && !UPLOADING.test(route));
  it('has every call of this protocol to be tried on', () => {
    expect(writes.length).toBeGreaterThan(60);
    expect(reads.length).toBeGreaterThan(50);
  });

  it.each(writes)('for reading, or of an application, changes nothing: $route', async ({ method, path, route }) => {
    const by = (token: string) => community.call(method, path, { token, body: {} });

    expect((await by(tokens.read)).status).toBe(403);
    expect((await by(tokens.statuses)).status).toBe(403);
    expect((await by(tokens.push)).status).toBe(403);
    // Signing up is what applications alone may do, where anybody may.
    expect((await by(tokens.app)).status).toBe(route === 'POST /api/v1/accounts' ? 403 : 422);
    expect([401, 403]).toContain((await community.call(method, path, { body: {} })).status);
  });

  it.each(reads)('for writing or for pushes reads nothing: $route', async ({ path }) => {
    expect((await community.call('GET', path, { token: tokens.write })).status).toBe(403);
    expect((await community.call('GET', path, { token: tokens.push })).status).toBe(403);
  });
});

describe('what is somebody’s own', () => {
  let owner: Member;
  let thief: Member;
  const own: Record<string, string> = {};
  const by = (member: Member, method: string, path: string, body?: object): Promise<Answer> =>
    community.call(method, path, { token: member.token, ...(body ? { body } : {}) });
  const idOf = ({ body }: Answer): string => String(body['id']);
  beforeAll(async () => {
    [owner, thief] = [await community.member('owner'), await community.member('thief')];
    const friend = await community.member('friend');
    await by(owner, 'POST', `/api/v1/accounts/${friend.id}/follow`);
    own['list'] = idOf(await by(owner, 'POST', '/api/v1/lists', { title: 'L' }));
    await by(owner, 'POST', `/api/v1/lists/${own['list']}/accounts`, { account_ids: [friend.id] });
    const status = { status: `@${owner.name} hear`, visibility: 'direct' };
    own['status'] = idOf(await by(friend, 'POST', '/api/v1/statuses', status));
    const filter = { title: 'F', context: ['home'], keywords_attributes: [{ keyword: 'k' }] };
    const made = await by(owner, 'POST', '/api/v2/filters', filter);
    own['filter'] = idOf(made);
    own['keyword'] = (made.body['keywords'] as readonly { id: string }[])[0]?.id ?? '';
    const named = { status_id: own['status'] };
    own['named'] = idOf(await by(owner, 'POST', `/api/v2/filters/${own['filter']}/statuses`, named));
    own['notification'] = await first(owner, '/api/v1/notifications');
    own['conversation'] = await first(owner, '/api/v1/conversations');
    const form = new FormData();
    form.set('file', new Blob([GIF]), 'a.gif');
    own['media'] = idOf(await by(owner, 'POST', '/api/v2/media', form));
    expect(
      Object.values(own).every((id) => /^\d+$/.test(id)),
      JSON.stringify(own),
    ).toBe(true);
  });

  async function first(member: Member, path: string): Promise<string> {
    const { text } = await by(member, 'GET', path);
    return String(JSON.parse(text)[0]?.id);
  }

  it.each([
    ['GET', '/api/v1/lists/:list'],
    ['PUT', '/api/v1/lists/:list', { title: 'mine' }],
    ['DELETE', '/api/v1/lists/:list'],
    ['GET', '/api/v1/lists/:list/accounts'],
    ['POST', '/api/v1/lists/:list/accounts', { account_ids: [] }],
    ['GET', '/api/v1/timelines/list/:list'],
    ['GET', '/api/v2/filters/:filter'],
    ['PUT', '/api/v2/filters/:filter', { title: 'mine' }],
    ['DELETE', '/api/v2/filters/:filter'],
    ['POST', '/api/v2/filters/:filter/keywords', { keyword: 'x' }],
    ['PUT', '/api/v2/filters/keywords/:keyword', { keyword: 'x' }],
    ['DELETE', '/api/v2/filters/keywords/:keyword'],
    ['PUT', '/api/v1/filters/:keyword', { phrase: 'x', context: ['home'] }],
    ['DELETE', '/api/v2/filters/statuses/:named'],
    ['GET', '/api/v1/notifications/:notification'],
    ['POST', '/api/v1/notifications/:notification/dismiss'],
    ['GET', '/api/v2/notifications/ungrouped-:notification'],
    ['POST', '/api/v2/notifications/ungrouped-:notification/dismiss'],
    ['POST', '/api/v1/conversations/:conversation/read'],
    ['DELETE', '/api/v1/conversations/:conversation'],
    ['GET', '/api/v1/media/:media'],
    ['PUT', '/api/v1/media/:media', { description: 'mine' }],
    ['DELETE', '/api/v1/media/:media'],
    ['GET', '/api/v1/statuses/:status/source'],
    ['GET', '/api/v1/statuses/:status/history'],
    ['PUT', '/api/v1/statuses/:status', { status: 'mine' }],
    ['DELETE', '/api/v1/statuses/:status'],
  ] as const)('is for others as if it were not there: %s %s', async (method, path, body?: object) => {
    const kind = /:(\w+)/.exec(path)?.[1] ?? '';
    const at = (id: string) => by(thief, method, path.replace(/:\w+/, id), body);
    const theirs = await at(own[kind] ?? '');
    const nobodys = await at('7');

    expect([theirs.status, theirs.text]).toEqual([404, '{"error":"Record not found"}']);
    expect([nobodys.status, nobodys.text]).toEqual([404, '{"error":"Record not found"}']);
  });

  it('is not shown in a post, answered, or filtered by somebody else', async () => {
    const shown = await by(thief, 'POST', '/api/v1/statuses', { status: 'x', media_ids: [own['media']] });
    const answered = await by(thief, 'POST', '/api/v1/statuses', { status: 'x', in_reply_to_id: own['status'] });
    const filter = idOf(await by(thief, 'POST', '/api/v2/filters', { title: 'F', context: ['home'] }));
    const named = await by(thief, 'POST', `/api/v2/filters/${filter}/statuses`, { status_id: own['status'] });
    const keywords_attributes = [{ id: own['keyword'], _destroy: true }];
    const emptied = await by(thief, 'PUT', `/api/v2/filters/${filter}`, { keywords_attributes });

    expect([shown, answered, named, emptied].map(({ status }) => status)).toEqual([422, 404, 404, 404]);
  });
});
