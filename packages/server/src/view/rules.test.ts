import { describe, expect, it, test } from 'vitest';
import type { ViewRows } from './messages.ts';
import { compilePattern } from './pattern.ts';
import { type PostOptions, postEvent } from './testing/post-event.ts';
import { NOW, viewOf } from './testing/view-of.ts';

const [ME, ROMEO, NURSE, TYBALT] = [1, 2, 3, 4];
/** Each account's own channel. */
const at = (account: number): number => account * 10;
const follows = (followed: number, more: Partial<ViewRows['follows'][number]> = {}) => ({
  ...{ channel: at(followed), since: 0, affiliation: 'member', shares: true, languages: null, followed },
  ...more,
});
const by = (author: number, more: PostOptions = {}): PostOptions => ({
  author,
  channel: at(author),
  visibility: 'public',
  ...more,
});
const share = (author: number, sharedAuthor: number, more: PostOptions = {}) =>
  by(author, { type: 'share.created', sharedAuthor, ...more });
const list = (more: Partial<ViewRows['lists'][number]>) => ({
  ...{ id: 7, replies: 'list' as const, exclusive: false },
  ...{ members: [{ member: ROMEO, channel: at(ROMEO), since: 0 }] },
  ...more,
});
const GROUP = 99;

test.each<[string, Partial<ViewRows>, PostOptions, boolean]>([
  ['own posts', { blocks: [NURSE] }, by(ME, { mentions: [NURSE] }), true],
  ['posts of the followed', { follows: [follows(ROMEO)] }, by(ROMEO), true],
  ['posts of others', {}, by(ROMEO), false],
  ['posts from before the follow', { follows: [follows(ROMEO, { since: 1e9 })] }, by(ROMEO), false],
  ['deletes', {}, by(ROMEO, { type: 'post.deleted' }), true],
  ['nothing once suspended', { ended: true, follows: [follows(ROMEO)] }, by(ROMEO), false],
  [
    'other languages than the follow’s',
    { follows: [follows(ROMEO, { languages: ['en'] })] },
    by(ROMEO, { language: 'de' }),
    false,
  ],
  ['no language', { follows: [follows(ROMEO, { languages: ['en'] })] }, by(ROMEO), true],
  ['languages that public streams leave out', { follows: [follows(ROMEO)], chosenLanguages: ['en'] }, by(ROMEO), true],
  ['replies to strangers', { follows: [follows(ROMEO)] }, by(ROMEO, { reply: true, replyTo: NURSE }), false],
  ['replies to nobody known', { follows: [follows(ROMEO)] }, by(ROMEO, { reply: true }), false],
  [
    'replies to the followed',
    { follows: [follows(ROMEO), follows(NURSE)] },
    by(ROMEO, { reply: true, replyTo: NURSE }),
    true,
  ],
  ['replies to oneself', { follows: [follows(ROMEO)] }, by(ROMEO, { reply: true, replyTo: ROMEO }), true],
  ['replies to the viewer', { follows: [follows(ROMEO)] }, by(ROMEO, { reply: true, replyTo: ME }), true],
  ['shares', { follows: [follows(ROMEO)] }, share(ROMEO, NURSE), true],
  ['shares that are not wanted', { follows: [follows(ROMEO, { shares: false })] }, share(ROMEO, NURSE), false],
  ['shares of the blocked', { follows: [follows(ROMEO)], blocks: [NURSE] }, share(ROMEO, NURSE), false],
  ['shares of those who block', { follows: [follows(ROMEO)], blockedBy: [NURSE] }, share(ROMEO, NURSE), false],
  [
    'shares from blocked servers',
    { follows: [follows(ROMEO)], domains: ['d'] },
    share(ROMEO, NURSE, { domain: 'd' }),
    false,
  ],
  [
    'posts of the followed from blocked servers',
    { follows: [follows(ROMEO)], domains: ['d'] },
    by(ROMEO, { domain: 'd' }),
    true,
  ],
  [
    'posts that name the muted',
    { follows: [follows(ROMEO)], mutes: [{ target: NURSE, expiresAt: null }] },
    by(ROMEO, { mentions: [NURSE] }),
    false,
  ],
  [
    'posts that name those who block',
    { follows: [follows(ROMEO)], blockedBy: [NURSE] },
    by(ROMEO, { mentions: [NURSE] }),
    true,
  ],
  [
    'posts of the muted',
    { follows: [follows(ROMEO)], mutes: [{ target: ROMEO, expiresAt: NOW + 1 }] },
    by(ROMEO),
    false,
  ],
  ['posts after the mute', { follows: [follows(ROMEO)], mutes: [{ target: ROMEO, expiresAt: NOW }] }, by(ROMEO), true],
  ['members of exclusive lists', { follows: [follows(ROMEO)], lists: [list({ exclusive: true })] }, by(ROMEO), false],
  ['members of other lists', { follows: [follows(ROMEO)], lists: [list({})] }, by(ROMEO), true],
  [
    'direct posts of the followed',
    { follows: [follows(ROMEO)] },
    by(ROMEO, { visibility: 'direct', channel: 50, mentions: [ME] }),
    true,
  ],
  ['direct posts of others', {}, by(ROMEO, { visibility: 'direct', channel: 50, mentions: [ME] }), false],
  ['edits of posts that name one', {}, by(ROMEO, { type: 'post.edited', mentions: [ME] }), true],
  ['edits by the blocked', { blocks: [ROMEO] }, by(ROMEO, { type: 'post.edited', mentions: [ME] }), false],
  ['followed tags', { tags: [{ tag: 'rose', since: 0 }] }, by(ROMEO, { topics: ['hashtag:rose'] }), true],
  [
    'followed tags in replies',
    { tags: [{ tag: 'rose', since: 0 }], follows: [follows(ROMEO)] },
    by(ROMEO, { topics: ['hashtag:rose'], reply: true, replyTo: NURSE }),
    true,
  ],
  ['tags of before', { tags: [{ tag: 'rose', since: 1e9 }] }, by(ROMEO, { topics: ['hashtag:rose'] }), false],
  [
    'followed tags from blocked servers',
    { tags: [{ tag: 'rose', since: 0 }], domains: ['d'] },
    by(ROMEO, { topics: ['hashtag:rose'], domain: 'd' }),
    false,
  ],
  [
    'followed groups',
    { follows: [follows(TYBALT, { channel: GROUP, followed: null })] },
    by(ROMEO, { channel: GROUP }),
    true,
  ],
])('a home and %s', (_, rows, post, accepted) => {
  expect(viewOf(ME, rows).acceptsHome(postEvent(post))).toBe(accepted);
});

test.each<[string, Partial<ViewRows>, PostOptions, boolean]>([
  ['posts of members', { lists: [list({})] }, by(ROMEO), true],
  ['posts of others', { lists: [list({})] }, by(NURSE), false],
  [
    'posts from before',
    { lists: [list({ members: [{ member: ROMEO, channel: at(ROMEO), since: 1e9 }] })] },
    by(ROMEO),
    false,
  ],
  [
    'posts in a member group',
    { lists: [list({ members: [{ member: GROUP, channel: GROUP, since: 0 }] })] },
    by(NURSE, { channel: GROUP }),
    true,
  ],
  ['nothing of a list that is not there', {}, by(ROMEO), false],
  ['its own exclusive members', { lists: [list({ exclusive: true })] }, by(ROMEO), true],
  [
    'replies among members',
    { lists: [list({ members: [ROMEO, NURSE].map((member) => ({ member, channel: at(member), since: 0 })) })] },
    by(ROMEO, { reply: true, replyTo: NURSE }),
    true,
  ],
  ['replies to others', { lists: [list({})] }, by(ROMEO, { reply: true, replyTo: NURSE }), false],
  [
    'replies to the followed',
    { lists: [list({ replies: 'followed' })], follows: [follows(NURSE)] },
    by(ROMEO, { reply: true, replyTo: NURSE }),
    true,
  ],
  [
    'replies to nobody',
    { lists: [list({ replies: 'none' })], follows: [follows(NURSE)] },
    by(ROMEO, { reply: true, replyTo: NURSE }),
    false,
  ],
  ['replies to the owner', { lists: [list({ replies: 'none' })] }, by(ROMEO, { reply: true, replyTo: ME }), true],
  ['hidden shares', { lists: [list({})], follows: [follows(ROMEO, { shares: false })] }, share(ROMEO, NURSE), false],
  ['the muted', { lists: [list({})], mutes: [{ target: ROMEO, expiresAt: null }] }, by(ROMEO), false],
])('a list and %s', (_, rows, post, accepted) => {
  expect(viewOf(ME, rows).acceptsList(7, postEvent(post))).toBe(accepted);
});

test.each<[string, Partial<ViewRows>, PostOptions, boolean]>([
  ['anybody', {}, by(ROMEO), true],
  ['the blocked', { blocks: [ROMEO] }, by(ROMEO), false],
  ['those who block', { blockedBy: [ROMEO] }, by(ROMEO), false],
  ['posts that name the blocked', { blocks: [NURSE] }, by(ROMEO, { mentions: [NURSE] }), false],
  ['blocked servers', { domains: ['d'] }, by(ROMEO, { domain: 'd' }), false],
  ['servers below blocked ones', { domains: ['d'] }, by(ROMEO, { domain: 'a.d' }), true],
  ['a chosen language', { chosenLanguages: ['en'] }, by(ROMEO, { language: 'en' }), true],
  ['another language', { chosenLanguages: ['en'] }, by(ROMEO, { language: 'de' }), false],
  ['no language', { chosenLanguages: ['en'] }, by(ROMEO), false],
  ['deletes by the blocked', { blocks: [ROMEO] }, by(ROMEO, { type: 'post.deleted' }), true],
  [
    'the presence of the muted',
    { mutes: [{ target: ROMEO, expiresAt: null }] },
    by(ROMEO, { type: 'presence.changed' }),
    true,
  ],
  ['the presence of the blocked', { blocks: [ROMEO] }, by(ROMEO, { type: 'presence.changed' }), false],
  ['the presence of those who block', { blockedBy: [ROMEO] }, by(ROMEO, { type: 'presence.changed' }), false],
  ['presence whatever the languages', { chosenLanguages: ['en'] }, by(ROMEO, { type: 'presence.changed' }), true],
])('public streams and %s', (_, rows, post, accepted) => {
  expect(viewOf(ME, rows).acceptsPublic(postEvent(post))).toBe(accepted);
});

test.each<[string, Partial<ViewRows>, PostOptions, boolean]>([
  ['of somebody', {}, by(ROMEO, { type: 'notification.created' }), true],
  ['of a blocked account', { blocks: [ROMEO] }, by(ROMEO, { type: 'notification.created' }), false],
  ['of an account that blocks', { blockedBy: [ROMEO] }, by(ROMEO, { type: 'conversation.updated' }), false],
  ['that somebody blocked follows', { blocks: [ROMEO] }, by(ROMEO, { type: 'follow.ended' }), true],
])('what an account is told %s stands after a later block: %s', (_, rows, news, stands) => {
  expect(viewOf(ME, rows).acceptsChannel(postEvent(news))).toBe(stands);
  expect(viewOf(ME, rows).acceptsHome(postEvent(news))).toBe(stands);
});

describe('what a view may read', () => {
  const view = viewOf(ME, { follows: [follows(ROMEO, { since: 5 })] });

  test.each([
    ['account:1', 0],
    ['account:2', undefined],
    ['public', 0],
    ['public:remote:media', 0],
    ['hashtag:rose:local', 0],
    ['community', 0],
    ['presence', 0],
    ['system', undefined],
    ['channel:20', 5],
    ['channel-meta:20', 5],
    ['channel:30', undefined],
    ['channel-meta:30', undefined],
    ['list:7', undefined],
  ])('%s since %s', (topic, since) => {
    expect(view.sinceOf(topic)).toBe(since);
    expect(view.mayRead(topic)).toBe(since !== undefined);
  });

  it('is nothing once it ended, and a later question while it is stale', () => {
    expect(viewOf(ME, { ended: true }).mayRead('public')).toBe(false);
    const stale = viewOf(ME);
    stale.stale = true;
    expect(() => stale.mayRead('public')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});

test.each([
  ['rose', false, 'PROSE', true],
  ['rose', true, 'prose', false],
  ['Rose', true, 'a ROSE, by', true],
  ['über', true, 'übergang', false],
  ['über', true, 'Über uns', true],
  ['c++', true, 'c++ and c', true],
  ['c++', true, 'objc++', false],
  ['$5', true, 'us$5', true],
  ['a b', true, 'a b', true],
  [' ', false, 'a b', false],
])('the keyword %j (whole word: %s) in %j: %s', (keyword, wholeWord, text, matches) => {
  expect(compilePattern(keyword, wholeWord).matches(text.toLowerCase())).toBe(matches);
});
