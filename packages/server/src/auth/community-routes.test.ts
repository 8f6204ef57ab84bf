import { toErrorValue } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountByAcct,
  accountSnapshot,
  announcementsFor,
  follow,
  homeTimeline,
  relationshipsWith,
} from '../domain/index.ts';
import { seedDevCommunity } from './dev-community.ts';
import { seedDevPlaces } from './dev-places.ts';
import { type OpenAuth, openAuth } from './testing/open-auth.ts';

let auth: OpenAuth;
beforeAll(async () => {
  auth = await openAuth();
  await auth.call('POST', '/admin/accounts', { name: 'prince' });
});
afterAll(() => auth[Symbol.asyncDispose]());

const named = async (acct: string) => (await auth.log.query(accountByAcct, { acct })).rows;

describe('announcements', () => {
  it('are published as safe HTML and deleted, each with a row in the audit', async () => {
    const viewer = (await named('prince'))?.id ?? 0;
    const made = await auth.call('POST', '/admin/announcements', {
      text: 'A **feast** <script>bad()</script>',
      endsAt: '2100-01-01T00:00:00Z',
    });
    const listed = (await auth.log.query(announcementsFor, { viewer })).rows;
    const gone = await auth.call('DELETE', `/admin/announcements/${String(made.body['id'])}`);

    expect(made.status).toBe(201);
    expect(made.body['html']).toBe('<p>A <strong>feast</strong> &lt;script&gt;bad()&lt;/script&gt;</p>');
    expect(listed).toMatchObject([{ id: Number(made.body['id']), endsAt: Date.parse('2100-01-01T00:00:00Z') }]);
    expect(gone.status).toBe(200);
    expect((await auth.log.query(announcementsFor, { viewer })).rows).toEqual([]);
    const { text } = await auth.call('GET', '/admin/audit');
    expect(text).toContain('announcements.publish');
    expect(text).toContain('announcements.delete');
  });

  it.each([
    [{}, 400],
    [{ text: ' ' }, 400],
    [{ text: 'x', startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' }, 400],
  ])('%j is refused', async (body, status) => {
    expect((await auth.call('POST', '/admin/announcements', body)).status).toBe(status);
  });

  it('that are not there cannot be deleted', async () => {
    expect((await auth.call('DELETE', '/admin/announcements/1')).status).toBe(404);
    expect((await auth.call('DELETE', '/admin/announcements/x')).status).toBe(404);
  });
});

describe('channels', () => {
  it('are made for an owner, under a name that nobody has', async () => {
    const made = await auth.call('POST', '/admin/channels', { name: 'market', owner: 'prince', access: 'authorize' });
    const taken = await auth.call('POST', '/admin/channels', { name: 'prince', owner: 'prince' });
    const ownerless = await auth.call('POST', '/admin/channels', { name: 'street', owner: 'nobody' });

    expect(made).toMatchObject({ status: 201, body: { name: 'market', title: 'market', access: 'authorize' } });
    expect(await named('market')).toMatchObject({ kind: 'group', locked: true });
    expect(taken.status).toBe(409);
    expect(ownerless.status).toBe(404);
  });
});

describe('affiliations', () => {
  let owner: number;
  let square: number;
  beforeAll(async () => {
    for (const name of ['escalus', 'tybalt', 'paris']) await auth.call('POST', '/admin/accounts', { name });
    await auth.call('POST', '/admin/channels', { name: 'square', owner: 'escalus', access: 'whitelist' });
    [owner = 0, square = 0] = [(await named('escalus'))?.id, (await named('square'))?.id];
  });

  const affiliate = (account: unknown, affiliation: unknown, channel = 'square') =>
    auth.call('POST', `/admin/channels/${channel}/affiliations`, { account, affiliation });
  const followed = async (name: string) => {
    const actor = (await named(name))?.id ?? 0;
    return auth.log.run(follow, { actor, target: square }).then(
      ({ result }) => result.following,
      (error: unknown) => toErrorValue(error).code,
    );
  };

  it.each([
    ['outcast', 'forbidden'],
    ['none', 'forbidden'],
    ['member', true],
    ['publisher', true],
    ['moderator', true],
    ['owner', true],
    ['none', 'forbidden'],
  ] as const)('%s is given, heard of, and answered at the door of the channel', async (affiliation, outcome) => {
    const told = auth.log.head.position;
    const given = await affiliate('tybalt', affiliation);

    expect(given).toMatchObject({ status: 200, body: { channel: 'square', account: 'tybalt', affiliation } });
    expect(auth.log.head.position).toBeGreaterThan(told);
    expect(await followed('tybalt')).toBe(outcome);
    const end = auth.log.head.position;
    expect((await affiliate('Tybalt@example.org', affiliation)).status).toBe(200);
    expect(auth.log.head.position).toBe(end);
  });

  it('leave a channel with an owner, and its counts true', async () => {
    expect(await affiliate('escalus', 'outcast')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await affiliate('paris', 'owner')).status).toBe(200);
    expect(await followed('paris')).toBe(true);
    expect((await affiliate('escalus', 'member')).status).toBe(200);
    expect(await affiliate('paris', 'none')).toMatchObject({ status: 409 });

    const count = async (id: number) => (await auth.log.query(accountSnapshot, { id })).rows;
    expect(await count(square)).toMatchObject({ followersCount: 1 });
    expect(await count(owner)).toMatchObject({ followingCount: 1 });
    expect(await count((await named('paris'))?.id ?? 0)).toMatchObject({ followingCount: 0 });
    expect((await affiliate('escalus', 'outcast')).status).toBe(200);
    expect(await count(square)).toMatchObject({ followersCount: 0 });
    expect(await count(owner)).toMatchObject({ followingCount: 0 });
  });

  it('stand in the audit, refused ones too', async () => {
    const { body } = await auth.call('GET', '/admin/audit?limit=1000');

    expect(body['entries']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'channels.affiliate', target: 'square paris owner', outcome: 'ok' }),
        expect.objectContaining({
          action: 'channels.affiliate',
          target: 'square escalus outcast',
          outcome: 'conflict',
        }),
      ]),
    );
  });

  it.each([
    ['nobody', 'member', 'square', 404],
    ['tybalt', 'member', 'nowhere', 404],
    ['tybalt', 'member', 'paris', 404],
    ['square', 'member', 'square', 404],
    ['tybalt', 'king', 'square', 400],
    [7, 'member', 'square', 400],
  ])('%j as %j of %s is refused', async (account, affiliation, channel, status) => {
    expect((await affiliate(account, affiliation, channel)).status).toBe(status);
  });

  it('are the administrator’s to give', async () => {
    const body = { account: 'tybalt', affiliation: 'member' };
    const headers = { authorization: 'Bearer x' };

    expect((await auth.call('POST', '/admin/channels/square/affiliations', body, headers)).status).toBe(401);
  });
});

describe('the development community', () => {
  it('has places, follows and posts, made once', async () => {
    const deps = { commands: auth.log, domain: 'example.org' };
    await seedDevCommunity({ ...deps, secret: 's'.repeat(32) });
    const seed = () => seedDevPlaces({ ...deps, baseUrl: 'https://example.org' });
    await seed();
    const end = auth.log.head.position;
    await seed();

    expect(auth.log.head.position).toBe(end);
    const [juliet, romeo, nurse] = [await named('juliet'), await named('romeo'), await named('nurse')];
    const [balcony, capulets] = [await named('balcony'), await named('capulets')];
    const standing = async (viewer = 0, target = 0) =>
      (await auth.log.query(relationshipsWith, { viewer, targets: [target] })).rows[0];
    expect(await standing(romeo?.id, balcony?.id)).toMatchObject({ following: true });
    expect(await standing(nurse?.id, capulets?.id)).toMatchObject({ following: true, requested: false });
    const home = await auth.log.query(homeTimeline, { viewer: romeo?.id ?? 0, page: { limit: 40 } });
    const texts = home.rows.map(({ post }) => post.text);
    expect(texts).toEqual(expect.arrayContaining([expect.stringContaining('Speak softly here')]));
    expect(home.rows.some(({ post }) => post.author.id === juliet?.id)).toBe(true);
  });
});
