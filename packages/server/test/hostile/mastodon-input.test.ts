import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Community, type Member, startCommunity } from './community.ts';
import { GIF } from './fuzz/mastodon/world.ts';

let community: Community;
let member: Member;
let other: Member;
beforeAll(async () => {
  community = await startCommunity();
  [member, other] = [await community.member('member'), await community.member('other')];
});
afterAll(() => community[Symbol.asyncDispose]());

const call = (method: string, path: string, body?: object): Promise<Answer> =>
  community.call(method, path.replace(':other', other.id), { token: member.token, ...(body ? { body } : {}) });

describe('values that are none', () => {
  it.each([
    ['GET', '/api/v2/search?q=a&offset[x]=1', 422],
    ['GET', '/api/v1/accounts/search?q=a&offset[x]=1', 422],
    ['GET', '/api/v1/search?q[x]=1', 422],
    ['GET', '/api/v1/statuses?id[x]=1', 422],
    ['GET', '/api/v1/statuses?id[]=-1', 422],
    ['GET', '/api/v1/statuses?id[]=1.5', 422],
    ['GET', '/api/v1/statuses?id[]=007&id[]=9007199254740993', 200],
    ['GET', `/api/v1/timelines/tag/${'x'.repeat(201)}`, 422],
    ['GET', `/api/v1/timelines/tag/x?any[]=${'x'.repeat(201)}`, 422],
    ['GET', '/api/v1/timelines/home?min_id=-1', 422],
    ['GET', '/api/v1/timelines/home?max_id=1.5', 422],
    ['GET', '/api/v1/timelines/home?min_id=1&max_id=99999999999999999999', 200],
    ['GET', '/api/v1/timelines/home?limit[x]=1', 200],
    ['GET', '/api/v1/statuses/-1', 404],
    ['GET', '/api/v1/statuses/1e3', 404],
    ['GET', '/api/v1/statuses/9007199254740993', 404],
    ['GET', '/api/v2/notifications/ungrouped-9999999999999999', 404],
    ['GET', '/api/v2/notifications/favourite-9999999999999999-999999999', 404],
    ['POST', '/api/v1/accounts/:other/mute?duration[x]=1', 422],
    ['POST', '/api/v2/filters?title=a&context[]=home&expires_in[x]=1', 422],
  ] as const)('%s %s: %i', async (method, path, status) => {
    const answer = await call(method, path);

    expect(answer.status, answer.text).toBe(status);
    if (status >= 400) expect(answer.body).toEqual({ error: expect.stringMatching(/^.{8,200}$/) });
  });

  it.each([
    ['1000000000', 40],
    ['1e9', 1],
    ['40', 40],
    ['-2', 2],
    ['0', 20],
    ['x', 20],
  ])('a limit of %s is one of %i', async (limit, most) => {
    await fill();
    const { text, headers } = await call('GET', `/api/v1/accounts/${member.id}/statuses?limit=${limit}`);

    expect(JSON.parse(text)).toHaveLength(most);
    expect(headers.get('link')).toMatch(new RegExp(`limit=${limit}&max_id=\\d+>; rel="next"`));
  });

  let filled: Promise<unknown> | undefined;
  function fill(): Promise<unknown> {
    const status = (n: number) => call('POST', '/api/v1/statuses', { status: `Number ${n}` });
    return (filled ??= Promise.all(Array.from({ length: 41 }, (_, n) => status(n))));
  }
});

describe('pages', () => {
  const NASTY = `"><script>x()</script><img src=x onerror=x()> javascript:x() http://a.example/"onmouseover="x()`;

  it('show as text what was written as text', async () => {
    const profile = {
      display_name: '</title><script>x()</script>',
      note: NASTY,
      fields_attributes: [{ name: '<script>', value: NASTY }],
    };
    const changed = await call('PATCH', '/api/v1/accounts/update_credentials', profile);
    const form = new FormData();
    form.set('file', new Blob([GIF], { type: 'text/html' }), '../x.html');
    form.set('description', `" onerror="x()"><script>x()</script>`);
    const media = await call('POST', '/api/v2/media', form);
    const media_ids = [media.body['id']];
    const posted = await call('POST', '/api/v1/statuses', { status: NASTY, spoiler_text: '<script>w()', media_ids });
    const profilePage = await community.call('GET', `/@${member.name}`);
    const postPage = await community.call('GET', `/@${member.name}/${String(posted.body['id'])}`);

    expect([changed, media, posted, profilePage, postPage].map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200,
    ]);
    for (const { text, headers } of [profilePage, postPage]) {
      expect(text).not.toMatch(/href="(?!https?:)/);
      expect(text.replaceAll(/="[^"]*"/g, '')).not.toMatch(/<script|<[a-z]+[^>]*\bon\w+/i);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    }
    expect(String(posted.body['content'])).not.toMatch(/<script|<img|<a[^>]*\bon\w+=/);
  });

  it('are made for this address, whatever the request says', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' };
    const { text } = await community.call('GET', `/api/v1/accounts/${other.id}`, { headers });

    expect(JSON.parse(text)).toMatchObject({ url: `${community.server.url}/@other` });
    expect(text).not.toContain('evil.example');
  });
});

describe('uploads', () => {
  it('are served as what they are, whatever they were called', async () => {
    const form = new FormData();
    form.set('file', new Blob(['ID3<html><script>x()</script>'], { type: 'text/html' }), '../../x.html');
    const { body } = await call('POST', '/api/v2/media', form);
    const served = await fetch(String(body['url']));

    expect(String(body['url'])).toMatch(/\/media\/[0-9a-f]{32}\.mp3$/);
    expect(Object.fromEntries(served.headers)).toMatchObject({
      'content-type': 'audio/mpeg',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  it.each(['..%2f..%2fcarillon.db', '%2e%2e/x', `${'0'.repeat(32)}.png.part`, '.', 'x'.repeat(5_000)])(
    'are nowhere else: /media/%s',
    async (name) => {
      expect((await community.call('GET', `/media/${name}`)).status).toBe(404);
    },
  );

  it('of pictures for a profile are counted', async () => {
    const { token } = await community.member('painter');
    const form = new FormData();
    form.set('avatar', new Blob(['no picture']), 'a.gif');
    const statuses: number[] = [];
    for (let n = 0; n < 32; n++) {
      statuses.push(
        (await community.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: form })).status,
      );
    }

    expect([...new Set(statuses)]).toEqual([422, 429]);
    expect((await community.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: {} })).status).toBe(
      200,
    );
  });
});
