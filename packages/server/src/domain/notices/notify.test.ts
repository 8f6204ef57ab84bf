import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AccountView,
  block,
  blockDomain,
  conversationsOf,
  deletePost,
  dismissNotifications,
  flagPost,
  follow,
  ingestAccount,
  mute,
  type NotificationPolicy,
  notificationById,
  notificationPolicy,
  notificationsOf,
  react,
  readEvent,
  setMarkers,
  setNotificationPolicy,
  suspendAccount,
  unfollow,
  unreadNotifications,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

let made = 0;
const people = () => {
  made += 1;
  return domain.accounts(`juliet${made}`, `romeo${made}`, `nurse${made}`);
};
const PAGE = { limit: 40 };

interface Cast {
  readonly juliet: AccountView;
  readonly romeo: AccountView;
  readonly nurse: AccountView;
}

const policy = (wanted: Partial<NotificationPolicy>) => async (cast: Cast) =>
  void (await domain.run(setNotificationPolicy, { actor: cast.juliet.id, policy: wanted }));
const julietFollows = async ({ juliet, romeo }: Cast) =>
  void (await domain.run(follow, { actor: juliet.id, target: romeo.id }));
const romeoFollows = async ({ juliet, romeo }: Cast) =>
  void (await domain.run(follow, { actor: romeo.id, target: juliet.id }));
const julietBlocks = async ({ juliet, romeo }: Cast) =>
  void (await domain.run(block, { actor: juliet.id, target: romeo.id, on: true }));
const romeoBlocks = async ({ juliet, romeo }: Cast) =>
  void (await domain.run(block, { actor: romeo.id, target: juliet.id, on: true }));
const julietBlocksNurse = async ({ juliet, nurse }: Cast) =>
  void (await domain.run(block, { actor: juliet.id, target: nurse.id, on: true }));
const mutes = (notifications: boolean, expiresAt: number | null) => async (cast: Cast) =>
  void (await domain.run(mute, {
    actor: cast.juliet.id,
    target: cast.romeo.id,
    on: true,
    notifications,
    expiresAt,
  }));
const julietIsSuspended = async ({ juliet }: Cast) => {
  await domain.run(suspendAccount, {
    input: { account: juliet.id },
    entry: { actor: 'test', action: 'accounts.suspend', target: String(juliet.id) },
  });
};

type Step = (cast: Cast) => Promise<void>;
const STRICT: Partial<NotificationPolicy> = { notFollowing: 'drop', notFollowers: 'filter' };

/** Romeo mentions Juliet. */
test.each<[what: string, steps: Step[], fate: 'told' | 'kept apart' | 'dropped']>([
  ['a stranger', [], 'told'],
  ['a stranger, strangers kept apart', [policy({ notFollowing: 'filter' })], 'kept apart'],
  ['a stranger, strangers dropped', [policy({ notFollowing: 'drop' })], 'dropped'],
  ['somebody followed, strangers dropped', [policy({ notFollowing: 'drop' }), julietFollows], 'told'],
  ['a new account, those kept apart', [policy({ newAccounts: 'filter' })], 'kept apart'],
  ['a new account that is followed, those dropped', [policy({ newAccounts: 'drop' }), julietFollows], 'told'],
  ['somebody who does not follow, those dropped', [policy({ notFollowers: 'drop' }), julietFollows], 'dropped'],
  ['a follower of today counts as none', [policy({ notFollowers: 'drop' }), romeoFollows], 'dropped'],
  ['the strictest part decides', [policy(STRICT)], 'dropped'],
  ['the other part alone', [policy(STRICT), julietFollows], 'kept apart'],
  ['limited accounts, of which there are none', [policy({ limitedAccounts: 'drop' })], 'told'],
  ['private mentions, which this is not', [policy({ privateMentions: 'drop' })], 'told'],
  ['a block', [julietBlocks], 'dropped'],
  ['a block by the other', [romeoBlocks], 'dropped'],
  ['a mute with notifications', [mutes(true, null)], 'dropped'],
  ['a mute that lasts', [mutes(true, Date.now() + 3_600_000)], 'dropped'],
  ['a mute without notifications', [mutes(false, null)], 'told'],
  ['a mention beside somebody who is blocked', [julietBlocksNurse], 'dropped'],
  ['a suspended recipient', [julietIsSuspended], 'dropped'],
])('a mention: %s', async (_, steps, fate) => {
  const [juliet, romeo, nurse] = await people();
  for (const step of steps) await step({ juliet, romeo, nurse });
  const before = domain.heard.length;

  const { post } = await domain.post(romeo.id, 'what say you', { mentions: [juliet.id, nurse.id] });

  const told = domain.heard
    .slice(before)
    .map((event) => readEvent(event, 'notification.created')?.notification)
    .filter((notification) => notification?.account === juliet.id);
  const listed = await domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE });
  const all = await domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE, includeFiltered: true });
  expect({
    told: told.length,
    listed: listed.map((one) => one.post?.post.id),
    all: all.map((one) => one.post?.post.id),
  }).toEqual(
    {
      told: { told: 1, listed: [post.id], all: [post.id] },
      'kept apart': { told: 0, listed: [], all: [post.id] },
      dropped: { told: 0, listed: [], all: [] },
    }[fate],
  );
});

test('of an account of a blocked server is dropped, unless that account is followed; nothing is told over there', async () => {
  const [juliet] = await people();
  const benvolio = await domain.run(ingestAccount, {
    name: `benvolio${made}`,
    domain: 'verona.example',
    displayName: 'Benvolio',
    url: 'https://verona.example/benvolio',
  });
  const mention = async (text: string) => {
    const origin = `https://verona.example/${made}/${text}`;
    await domain.post(benvolio.id, text, { mentions: [juliet.id], origin });
    return (await domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE })).map(({ post }) => post?.post.text);
  };
  expect(await mention('one')).toEqual(['one']);
  await domain.run(blockDomain, { actor: juliet.id, domain: 'verona.example', on: true });
  expect(await mention('two')).not.toContain('two');
  await domain.run(follow, { actor: juliet.id, target: benvolio.id });
  expect(await mention('three')).toContain('three');

  await domain.post(juliet.id, 'answer', { mentions: [benvolio.id] });
  const page = { viewer: benvolio.id, page: PAGE, includeFiltered: true };
  expect(await domain.ask(notificationsOf, page)).toEqual([]);
});

describe('a notification', () => {
  test('is told on the recipient’s topic alone, whole, and erased with its post', async () => {
    const [juliet, romeo] = await people();
    const { post } = await domain.post(juliet.id, 'a rose by any other name');
    const before = domain.heard.length;
    await domain.run(react, { actor: romeo.id, id: post.id, emoji: '⭐', on: true });

    const event = domain.heard.slice(before).find(({ type }) => type === 'notification.created');
    const said = event && readEvent(event, 'notification.created');
    expect(event).toMatchObject({
      topics: [`account:${juliet.id}`],
      actor: String(romeo.id),
      routing: { author: romeo.id, object: post.id },
    });
    expect(said?.notification).toMatchObject({
      type: 'favourite',
      account: juliet.id,
      from: { id: romeo.id, name: romeo.slug },
      post: { post: { id: post.id, favouritesCount: 1 }, flags: { favourited: false } },
    });
    const [listed] = await domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE });
    expect(listed).toEqual(said?.notification);
    expect(await domain.ask(notificationById, { viewer: juliet.id, id: listed?.id ?? 0 })).toEqual(listed);
    expect(await domain.ask(notificationById, { viewer: romeo.id, id: listed?.id ?? 0 })).toBeUndefined();

    const since = domain.heard.length;
    await domain.run(deletePost, { actor: juliet.id, id: post.id });
    expect(await domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE })).toEqual([]);
    expect(domain.since(since)).toContainEqual({
      type: 'notification.dismissed',
      topics: [`account:${juliet.id}`],
      data: { account: juliet.id, notifications: [listed?.id] },
    });
    const page = await domain.log.read({
      topics: [{ topic: `account:${juliet.id}`, since: 0 }],
      after: (event?.position ?? 1) - 1,
      limit: 10,
    });
    expect(page).toMatchObject({ kind: 'page' });
    const kept = page.kind === 'page' ? page.events.filter(({ erased }) => !erased) : [];
    expect(kept.map(({ type }) => type)).toEqual(['notification.dismissed']);
  });

  test('of a muted thread is dropped, and nobody is told of what they did themselves', async () => {
    const [juliet, romeo] = await people();
    const { post } = await domain.post(juliet.id, 'good night');
    await domain.run(flagPost, { actor: juliet.id, id: post.id, flag: 'muted', on: true });
    await domain.post(romeo.id, 'parting', { replyTo: post.id, mentions: [juliet.id] });
    const other = await domain.post(juliet.id, 'to myself', { mentions: [juliet.id] });
    await domain.run(react, { actor: juliet.id, id: other.post.id, emoji: '⭐', on: true });

    const all = await domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE, includeFiltered: true });
    expect(all).toEqual([]);
  });

  test('of a follow comes once while it stands, and goes when it is undone', async () => {
    const [juliet, romeo] = await people();
    const kinds = async () => (await domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE })).map((n) => n.type);
    await domain.run(follow, { actor: romeo.id, target: juliet.id });
    await domain.run(follow, { actor: romeo.id, target: juliet.id, notify: true });
    expect(await kinds()).toEqual(['follow']);
    await domain.run(unfollow, { actor: romeo.id, target: juliet.id });
    expect(await kinds()).toEqual([]);
  });

  test('list is paged in both directions, by type and by whom', async () => {
    const [juliet, romeo, nurse] = await people();
    const { post } = await domain.post(juliet.id, 'so many');
    for (const { id } of [romeo, nurse]) {
      await domain.run(react, { actor: id, id: post.id, emoji: '⭐', on: true });
      await domain.post(id, 'hear', { mentions: [juliet.id] });
    }
    const ask = (query: object) =>
      domain.ask(notificationsOf, { viewer: juliet.id, page: PAGE, ...query }).then((all) => all.map((n) => n.id));
    const [d = 0, c = 0, b = 0, a = 0] = await ask({});

    expect(await ask({ page: { limit: 2 } })).toEqual([d, c]);
    expect(await ask({ page: { limit: 2, maxId: c } })).toEqual([b, a]);
    expect(await ask({ page: { limit: 2, minId: a } })).toEqual([c, b]);
    expect(await ask({ page: { limit: 2, sinceId: a } })).toEqual([d, c]);
    expect(await ask({ types: ['mention'] })).toEqual([d, b]);
    expect(await ask({ excludeTypes: ['mention'] })).toEqual([c, a]);
    expect(await ask({ from: nurse.id })).toEqual([d, c]);

    const unread = (limit: number) => domain.ask(unreadNotifications, { viewer: juliet.id, limit });
    expect([await unread(100), await unread(3)]).toEqual([4, 3]);
    await domain.run(setMarkers, {
      actor: juliet.id,
      markers: [{ timeline: 'notifications', lastReadId: String(b) }],
    });
    expect(await unread(100)).toBe(2);

    await domain.run(dismissNotifications, { actor: juliet.id, id: c });
    expect(await ask({})).toEqual([d, b, a]);
    await expect(domain.run(dismissNotifications, { actor: romeo.id, id: d })).rejects.toMatchObject({
      code: 'not-found',
    });
    await domain.run(dismissNotifications, { actor: juliet.id });
    expect(await ask({})).toEqual([]);
  });
});

test('the policy keeps what is not changed, and takes nothing else', async () => {
  const [juliet] = await people();
  const before = await domain.ask(notificationPolicy, { viewer: juliet.id });
  await domain.run(setNotificationPolicy, { actor: juliet.id, policy: { newAccounts: 'filter' } });
  await domain.run(setNotificationPolicy, { actor: juliet.id, policy: { notFollowing: 'drop' } });
  expect(await domain.ask(notificationPolicy, { viewer: juliet.id })).toEqual({
    ...before,
    newAccounts: 'filter',
    notFollowing: 'drop',
  });
  // What a client may send although the types do not allow it.
  const wrong = { newAccounts: 'ignore' } as unknown as Partial<NotificationPolicy>;
  await expect(domain.run(setNotificationPolicy, { actor: juliet.id, policy: wrong })).rejects.toMatchObject({
    code: 'unprocessable',
  });
});

test('unasked direct posts are held back with their conversation; an answer is not', async () => {
  const [juliet, romeo] = await people();
  await domain.run(setNotificationPolicy, { actor: juliet.id, policy: { privateMentions: 'filter' } });
  const direct = { visibility: 'direct', mentions: [juliet.id] } as const;
  await domain.post(romeo.id, 'psst', direct);
  expect(await domain.ask(conversationsOf, { viewer: juliet.id, page: PAGE })).toEqual([]);

  const { post } = await domain.post(juliet.id, 'who is there', { visibility: 'direct', mentions: [romeo.id] });
  await domain.post(romeo.id, 'it is I', { ...direct, replyTo: post.id });
  const [conversation] = await domain.ask(conversationsOf, { viewer: juliet.id, page: PAGE });
  expect(conversation?.item).toMatchObject({ unread: true, lastPost: { post: { text: 'it is I' } } });
});
