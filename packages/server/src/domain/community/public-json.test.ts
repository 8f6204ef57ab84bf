import type { Event } from '@carillon/core';
import { expect, it, test } from 'vitest';
import {
  type AccountSnapshot,
  type CommunityEvents,
  type CommunityEventType,
  type MediaSnapshot,
  type OrganizationSnapshot,
  type PostDoers,
  type PostSnapshot,
} from '../../state/index.ts';
import { DESK_CASES } from '../desk/testing/public-cases.ts';
import { accountSettingsCase, organizationSettingsCase, workspaceCases } from '../testing/workspace-cases.ts';
import { publicJson } from './public-json.ts';

/** Stands in everything that belongs to one reader alone. */
const SECRET = 'SECRET';

const media: MediaSnapshot = {
  id: 31,
  type: 'image',
  file: 'rose.png',
  preview: null,
  meta: { original: { width: 2, height: 1 } },
  description: 'a rose',
  blurhash: 'U',
};
const account: AccountSnapshot = {
  id: 7,
  name: 'juliet',
  domain: null,
  kind: 'person',
  role: 'member',
  displayName: 'Juliet',
  noteHtml: '<p>of Verona</p>',
  fields: [{ name: 'house', value: 'Capulet', html: 'Capulet' }],
  avatar: media,
  header: null,
  locked: false,
  discoverable: true,
  indexable: true,
  channel: 70,
  followersCount: 1,
  followingCount: 2,
  postsCount: 3,
  lastPostAt: 4,
  url: null,
  suspended: false,
  createdAt: 5,
};
const organization: OrganizationSnapshot = {
  title: 'Verona',
  description: 'Where we lay our scene.',
  registrations: true,
  rules: [{ id: 3, text: 'Bite no thumbs.', hint: '' }],
  contact: 7,
  language: 'it',
  languages: ['it', 'en'],
  settings: organizationSettingsCase,
};
/** What a later version, or a slip, may put into a snapshot. */
const withSecrets = <Value extends object>(value: Value): Value => ({ ...value, email: SECRET, password: SECRET });
const channel = { id: 70, kind: 'personal' as const, slug: 'juliet', title: 'Juliet', access: 'open' as const };
const plainPost: Omit<PostSnapshot, 'source'> = {
  id: 42,
  kind: 'note',
  author: account,
  channel,
  node: 'posts',
  topic: '',
  visibility: 'public',
  replyTo: { id: 41, account: 8 },
  thread: 41,
  language: 'en',
  sensitive: false,
  warning: '',
  html: '<p>hello</p>',
  text: 'hello',
  tags: ['Rose'],
  mentions: [{ id: 8, name: 'romeo', domain: null, kind: 'person', displayName: 'Romeo', url: null }],
  media: [media],
  repliesCount: 0,
  sharesCount: 1,
  favouritesCount: 2,
  application: { name: 'quill', website: null },
  origin: null,
  shared: null,
  createdAt: 6,
  editedAt: null,
};
const post: PostSnapshot = {
  ...withSecrets(plainPost),
  author: withSecrets(account),
  channel: withSecrets(channel),
  source: { format: 'plain', text: SECRET },
};
const flags = { favourited: true, shared: true, bookmarked: true, muted: true, pinned: true, note: SECRET };
const doers: PostDoers = { favourited: [666], shared: [666], bookmarked: [666], pinned: [666] };
const reaction = { post: 42, account: 8, emoji: '⭐', name: 'star', code: '2b50' };
const moved = {
  ...{ actor: 7, posts: [42], anchor: 42, mode: 'one' as const },
  from: { channel: 70, topic: null },
  to: { channel: 71, topic: 'tomb' },
};
const flagged = { account: 7, flag: 'read' as const, on: false, posts: [42] };
const unread = { post: 42, channel: 70, author: 8, topic: 'tomb', mentioned: true };
const follow = { account: 7, channel: 80 };
const options = { affiliation: 'member', shares: false, notify: true, languages: [SECRET], followed: 8 };
const announcement = {
  ...{ id: 9, html: '<p>new</p>', text: 'new', startsAt: null, endsAt: null, allDay: false },
  ...{ publishedAt: 1, updatedAt: 2 },
};
const listed = {
  account: 7,
  list: 3,
  settings: { replies: 'list', exclusive: false },
  added: [{ account: 8, channel: 80 }],
};
const relation = { account: 7, target: 8, kind: 'mute' as const, on: true, expiresAt: 10, notifications: true };

/** By type: what the domain says, and what readers are told. */
const CASES: { readonly [Type in CommunityEventType]: readonly [CommunityEvents[Type], object] } = {
  'account.created': [{ account: withSecrets(account) }, { account }],
  'account.updated': [{ account: withSecrets(account) }, { account }],
  'account.deactivated': [{ account: 7 }, { account: 7 }],
  'account.suspended': [{ account: 7 }, { account: 7 }],
  'account.restored': [{ account: 7 }, { account: 7 }],
  'settings.updated': [
    withSecrets({
      account: 7,
      chosenLanguages: ['en'],
      settings: withSecrets(accountSettingsCase),
      changed: ['theme'],
    }),
    { account: 7, chosenLanguages: ['en'], settings: accountSettingsCase, changed: ['theme'] },
  ],
  'channel.created': [{ channel: withSecrets(channel) }, { channel }],
  'channel.updated': [{ channel: withSecrets(channel) }, { channel }],
  'post.created': [{ post }, { post: plainPost }],
  'post.edited': [{ post, doers }, { post: plainPost }],
  'post.deleted': [{ post: 42 }, { post: 42 }],
  'share.created': [{ post: { ...post, shared: post }, doers }, { post: { ...plainPost, shared: plainPost } }],
  'share.deleted': [
    { post: 43, shared: 42 },
    { post: 43, shared: 42 },
  ],
  'post.moved': [
    { ...moved, from: withSecrets(moved.from), to: withSecrets(moved.to), post, doers, isNews: true },
    { ...moved, post: plainPost },
  ],
  'post.flagged': [
    { ...flagged, details: [withSecrets(unread)] },
    { ...flagged, details: [unread] },
  ],
  'reaction.added': [reaction, reaction],
  'reaction.removed': [reaction, reaction],
  'follow.requested': [follow, follow],
  'follow.started': [
    { ...follow, ...options },
    { ...follow, affiliation: 'member' },
  ],
  'follow.denied': [follow, follow],
  'follow.ended': [follow, follow],
  'affiliation.changed': [
    { ...follow, affiliation: 'owner' },
    { ...follow, affiliation: 'owner' },
  ],
  'tag.followed': [
    { account: 7, tag: 'rose' },
    { account: 7, tag: 'rose' },
  ],
  'tag.unfollowed': [
    { account: 7, tag: 'rose' },
    { account: 7, tag: 'rose' },
  ],
  'relationship.changed': [{ ...relation, hidden: [666] }, relation],
  'filters.changed': [{ account: 7 }, { account: 7 }],
  'list.changed': [listed, listed],
  'notification.created': [
    {
      notification: {
        id: 5,
        type: 'mention',
        account: 8,
        from: withSecrets(account),
        post: { post, flags },
        createdAt: 1,
      },
    },
    { notification: { id: 5, type: 'mention', account: 8, from: account, post: plainPost, createdAt: 1 } },
  ],
  'notification.dismissed': [
    { account: 8, notifications: [5] },
    { account: 8, notifications: [5] },
  ],
  'conversation.updated': [
    { conversation: { id: 6, account: 8, unread: true, others: [withSecrets(account)], lastPost: { post, flags } } },
    { conversation: { id: 6, account: 8, unread: true, others: [account], lastPost: plainPost } },
  ],
  'organization.updated': [
    {
      organization: withSecrets({
        ...organization,
        rules: organization.rules.map(withSecrets),
        settings: withSecrets(organizationSettingsCase),
      }),
      changed: ['title', 'editing'],
    },
    { organization, changed: ['title', 'editing'] },
  ],
  'announcement.published': [
    { announcement: { ...announcement, read: true, reactions: [{ name: '🌹', count: 1, mine: true }] } },
    { announcement: { ...announcement, reactions: [{ name: '🌹', count: 1 }] } },
  ],
  'announcement.reacted': [
    { announcement: 9, name: '🌹', count: 2 },
    { announcement: 9, name: '🌹', count: 2 },
  ],
  'presence.changed': [
    withSecrets({ account: 7, status: 'idle', activeAt: 1, idleAt: 2 }),
    { account: 7, status: 'idle', activeAt: 1, idleAt: 2 },
  ],
  'announcement.deleted': [{ announcement: 9 }, { announcement: 9 }],
  ...workspaceCases(withSecrets),
  ...DESK_CASES,
};

test.each(Object.entries(CASES))('%s', (type, [data, told]) => {
  const json = publicJson(eventOf(type, data)) ?? '';

  expect(JSON.parse(json)).toEqual(told);
  expect(json).not.toMatch(/SECRET|666/);
});

it('has nothing to say of other events, of erased ones, and of data in a form that it does not know', () => {
  expect(publicJson(eventOf('message.published', { text: SECRET }))).toBeUndefined();
  expect(publicJson(eventOf('constructor', {}))).toBeUndefined();
  expect(publicJson({ ...eventOf('post.deleted', {}), data: Buffer.of(), erased: true })).toBeUndefined();
  expect(publicJson(eventOf('post.created', { post: { email: SECRET } }))).toBeUndefined();
});

function eventOf(type: string, data: object): Event {
  const place = { position: 1, id: 1, time: 1, erased: false };
  return { type, topics: ['channel:70'], data: Buffer.from(JSON.stringify(data)), ...place };
}
