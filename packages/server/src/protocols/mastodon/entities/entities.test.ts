import { describe, expect, test } from 'vitest';
import type { AccountSnapshot, PostSnapshot } from '../../../domain/index.ts';
import {
  toAccount,
  toAnnouncement,
  toConversation,
  toDeletedStatus,
  toFilter,
  toFilterResult,
  toFiltersV1,
  toMarker,
  toNotification,
  toStatus,
  toStatusFor,
  toTag,
} from './index.ts';
import * as schema from './testing/schemas.ts';

const SITE = { baseUrl: 'https://social.example', domain: 'social.example' };
const AT = Date.UTC(2026, 0, 31, 13, 14, 15, 16);

const juliet: AccountSnapshot = {
  id: 7,
  name: 'juliet',
  domain: null,
  kind: 'person',
  role: 'owner',
  displayName: 'Juliet',
  noteHtml: '<p>Soft</p>',
  fields: [{ name: 'House', value: 'Capulet', html: 'Capulet' }],
  avatar: { id: 8, type: 'image', file: 'a b.png', preview: null, meta: null, description: 'me', blurhash: null },
  header: null,
  locked: true,
  discoverable: true,
  indexable: false,
  channel: 9,
  followersCount: 1,
  followingCount: 2,
  postsCount: 3,
  lastPostAt: AT,
  url: null,
  suspended: false,
  createdAt: AT,
};
const romeo: AccountSnapshot = {
  ...juliet,
  id: 10,
  name: 'romeo',
  domain: 'verona.example',
  role: 'member',
  url: 'https://verona.example/@romeo',
  avatar: null,
};
const post: PostSnapshot = {
  id: 2 ** 52,
  kind: 'note',
  author: juliet,
  channel: { id: 9, kind: 'personal', slug: 'juliet', title: 'Juliet', access: 'authorize' },
  node: 'posts',
  topic: '',
  visibility: 'followers',
  replyTo: { id: 5, account: 10 },
  thread: 5,
  language: null,
  sensitive: true,
  warning: 'love',
  source: { format: 'plain', text: 'Romeo #Balcony' },
  html: '<p>Romeo</p>',
  text: 'Romeo',
  tags: ['Balcony'],
  mentions: [
    {
      id: 10,
      name: 'romeo',
      domain: 'verona.example',
      kind: 'person',
      displayName: 'Romeo',
      url: 'https://verona.example/@romeo',
    },
  ],
  media: [
    { id: 11, type: 'audio', file: 's.ogg', preview: null, meta: { length: 1 }, description: null, blurhash: null },
  ],
  repliesCount: 1,
  sharesCount: 2,
  favouritesCount: 3,
  application: { name: 'Nurse', website: null },
  origin: null,
  shared: null,
  createdAt: AT,
  editedAt: AT + 1,
};
const share: PostSnapshot = {
  ...post,
  id: 12,
  author: romeo,
  kind: 'share',
  shared: post,
  html: '',
  origin: null,
  media: [],
  mentions: [],
  tags: [],
};
const DONE = { favourited: true, shared: true, bookmarked: true, muted: true, pinned: true };

describe('accounts', () => {
  test('say everything, with midnight and a day', () => {
    expect(schema.account.parse(toAccount(juliet, SITE))).toMatchObject({
      id: '7',
      acct: 'juliet',
      created_at: '2026-01-31T00:00:00.000Z',
      last_status_at: '2026-01-31',
      url: 'https://social.example/@juliet',
      uri: 'https://social.example/users/juliet',
      avatar: 'https://social.example/media/a%20b.png',
      avatar_description: 'me',
      roles: [{ id: '3', name: 'Owner', color: '' }],
    });
  });

  test('of other servers, groups and bots are told apart', () => {
    const remote = schema.account.parse(toAccount(romeo, SITE));
    expect(remote).toMatchObject({ username: 'romeo', acct: 'romeo@verona.example', uri: romeo.url });
    expect(remote).not.toHaveProperty('roles');
    expect(toAccount({ ...juliet, kind: 'group' }, SITE)).toMatchObject({ group: true, bot: false, roles: [] });
    expect(toAccount({ ...juliet, kind: 'bot' }, SITE)).toMatchObject({ group: false, bot: true });
  });

  test('that are suspended show nothing of themselves', () => {
    const { displayName: _, ...shown } = juliet;
    const account = schema.account.parse(toAccount({ ...shown, displayName: 'Juliet', suspended: true }, SITE));

    expect(account).toMatchObject({ acct: 'juliet', suspended: true, fields: [], roles: [], discoverable: false });
    expect(JSON.stringify(account)).not.toMatch(/Juliet|Soft|Capulet|a%20b|"me"/);
  });
});

describe('statuses', () => {
  test('for nobody in particular have no word of a viewer', () => {
    expect(schema.publicStatus.parse(toStatus(post, SITE))).toMatchObject({
      id: '4503599627370496',
      visibility: 'private',
      in_reply_to_id: '5',
      in_reply_to_account_id: '10',
      created_at: '2026-01-31T13:14:15.016Z',
      edited_at: '2026-01-31T13:14:15.017Z',
      uri: 'https://social.example/users/juliet/statuses/4503599627370496',
      url: 'https://social.example/@juliet/4503599627370496',
      tags: [{ name: 'balcony', url: 'https://social.example/tags/balcony' }],
      mentions: [{ id: '10', acct: 'romeo@verona.example', username: 'romeo', url: 'https://verona.example/@romeo' }],
      media_attachments: [{ id: '11', preview_url: null, url: 'https://social.example/media/s.ogg' }],
      replies_count: 1,
      reblogs_count: 2,
      favourites_count: 3,
    });
    expect(schema.publicStatus.parse(toStatusFor({ post, flags: DONE }, SITE, null))).not.toHaveProperty('favourited');
  });

  test('say whether they are pinned only to their author, and never of shares and direct ones', () => {
    const pinned = (view: PostSnapshot, viewer: number) =>
      schema.status.parse(toStatusFor({ post: view, flags: DONE, sharedFlags: DONE }, SITE, viewer));

    expect(pinned(post, 7)).toMatchObject({
      pinned: true,
      favourited: true,
      reblogged: true,
      bookmarked: true,
      muted: true,
    });
    expect(pinned(post, 10)).not.toHaveProperty('pinned');
    expect(pinned({ ...post, visibility: 'direct' }, 7)).not.toHaveProperty('pinned');
    const shared = pinned(share, 10);
    expect(shared).not.toHaveProperty('pinned');
    expect(shared.reblog).toMatchObject({ id: String(post.id), favourited: true });
    expect(shared.url).toBe('https://social.example/users/romeo/statuses/12/activity');
  });

  test('that were shared carry what filters found, as the share does', () => {
    const found = toFilterResult({
      filter: { id: 1, title: 'Cats', contexts: ['home'], action: 'blur', expiresAt: null },
      keywords: ['CAT'],
      posts: [],
    });
    const status = schema.status.parse(toStatusFor({ post: share }, SITE, 7, [found]));

    expect(status.filtered).toEqual([
      {
        filter: { id: '1', title: 'Cats', context: ['home'], expires_at: null, filter_action: 'blur' },
        keyword_matches: ['CAT'],
        status_matches: null,
      },
    ]);
    expect(status.reblog?.filtered).toEqual(status.filtered);
    expect(status.favourited).toBe(false);
  });

  test('that were deleted give their text back as it was written', () => {
    const deleted = schema.deletedStatus.parse(toDeletedStatus({ post }, SITE, 7));

    expect(deleted.text).toBe('Romeo #Balcony');
  });
});

test('notifications, conversations and announcements', () => {
  const notice = { id: 1, type: 'favourite', account: 7, from: romeo, post: { post, flags: DONE }, createdAt: AT };
  expect(schema.notification.parse(toNotification(notice, SITE))).toMatchObject({
    group_key: 'ungrouped-1',
    status: { pinned: true },
  });
  const follow = schema.notification.parse(toNotification({ ...notice, type: 'follow', post: null }, SITE));
  expect(follow).not.toHaveProperty('status');

  const conversation = { id: 2, account: 7, unread: true, others: [romeo], lastPost: null };
  expect(schema.conversation.parse(toConversation(conversation, SITE)).last_status).toBeNull();

  const said = {
    id: 3,
    html: '<p>Hear ye</p>',
    text: 'Hear ye',
    startsAt: null,
    endsAt: AT,
    allDay: false,
    publishedAt: AT,
    updatedAt: AT,
  };
  const everybody = { ...said, reactions: [{ name: '🐱', count: 1 }] };
  schema.publicAnnouncement.parse(toAnnouncement(everybody));
  const mine = { ...said, read: true, reactions: [{ name: '🐱', count: 1, mine: true }] };
  expect(schema.announcement.parse(toAnnouncement(mine)).reactions).toEqual([{ name: '🐱', count: 1, me: true }]);
});

test('filters of both versions, markers and tags', () => {
  const filter = {
    id: 1,
    title: 'Cats',
    contexts: ['home', 'thread'] as const,
    action: 'hide' as const,
    expiresAt: AT,
    keywords: [{ id: 2, keyword: 'cat', wholeWord: true }],
    posts: [{ id: 3, post: 4 }],
  };
  expect(schema.filter.parse(toFilter(filter)).statuses).toEqual([{ id: '3', status_id: '4' }]);
  expect(toFiltersV1(filter).map((each) => schema.filterV1.parse(each))).toMatchObject([
    { id: '2', phrase: 'cat', irreversible: true },
  ]);
  schema.marker.parse(toMarker({ timeline: 'home', lastReadId: '5', version: 1, updatedAt: AT }));

  const tag = { name: 'cats', following: true, history: [{ day: 86_400, uses: 2, accounts: 1 }] };
  const seen = schema.tag.parse(toTag(tag, SITE, 7));
  expect(seen).toMatchObject({ following: true, history: [{ day: '86400', uses: '2', accounts: '1' }] });
  expect(schema.publicTag.parse(toTag(tag, SITE, null)).id).toBe(seen.id);
});
