import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  accessTokenOf,
  accountByAcct,
  accountSnapshot,
  block,
  changeListMembers,
  continueDeletion,
  createAccessToken,
  createChannel,
  createFilter,
  createList,
  deleteAccount,
  follow,
  followersOf,
  followTag,
  listMembersOf,
  notificationsOf,
  postById,
  react,
  restoreAccount,
  revokeAccessToken,
  setAffiliation,
  setNote,
  sharePost,
  suspendAccount,
  unfollow,
  updateProfile,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const PAGE = { limit: 40 };
const entry = { actor: 'test', action: 'test', target: 'test' };

function person(): Promise<AccountView> {
  return domain.account(`person${++count}`);
}

async function token(account: number) {
  const digest = Buffer.alloc(32, ++count);
  const { id } = await domain.run(createAccessToken, {
    input: { account, kind: 'access', digest, scopes: ['read'] },
    entry,
  });
  return { id, digest };
}

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

describe('a suspension', () => {
  it('silences the account and its tokens until it is restored', async () => {
    const [{ id, channel }, friend] = [await person(), await person()];
    const [held, revoked] = [await token(id), await token(id)];
    await domain.run(revokeAccessToken, { input: { id: revoked.id }, entry });
    await domain.run(follow, { actor: friend.id, target: id });
    const whole = await domain.ask(accountSnapshot, { id });
    const since = domain.heard.length;
    await domain.run(suspendAccount, { input: { account: id }, entry });
    await domain.run(suspendAccount, { input: { account: id }, entry });

    expect(domain.since(since)).toEqual([
      { type: 'account.suspended', topics: [`account:${id}`, 'system'], data: { account: id } },
      { type: 'token.revoked', topics: ['system'], data: { credentialId: `token:${held.id}` } },
    ]);
    expect(domain.heard[since]).toMatchObject({ routing: { author: id, channel, object: id } });
    expect(await domain.ask(accessTokenOf, held)).toBeUndefined();
    expect(await domain.ask(accountSnapshot, { id })).toEqual({
      ...whole,
      suspended: true,
      displayName: '',
      discoverable: false,
      indexable: false,
    });
    expect(await refusal(domain.run(follow, { actor: id, target: friend.id }))).toBe('unauthorized');
    expect(await refusal(domain.run(follow, { actor: friend.id, target: id }))).toBe('not-found');
    expect(await domain.ask(followersOf, { viewer: null, account: id, page: PAGE })).toBeUndefined();
    expect(await refusal(token(id))).toBe('conflict');

    const before = domain.heard.length;
    await domain.run(restoreAccount, { input: { account: id }, entry });
    await domain.run(restoreAccount, { input: { account: id }, entry });
    expect(domain.since(before)).toEqual([
      { type: 'account.restored', topics: [`account:${id}`, 'system'], data: { account: id } },
      { type: 'token.restored', topics: ['system'], data: { credentialId: `token:${held.id}` } },
    ]);
    expect(await domain.ask(accessTokenOf, held)).toMatchObject({ id: held.id, account: { id } });
    expect(await domain.ask(accessTokenOf, revoked)).toBeUndefined();
    expect(await domain.ask(accountSnapshot, { id })).toEqual(whole);
    expect(await refusal(domain.run(suspendAccount, { input: { account: 1 }, entry }))).toBe('not-found');
  });

  it('lets others part from it', async () => {
    const [gone, friend] = [await person(), await person()];
    const stayed = await person();
    await domain.run(block, { actor: friend.id, target: gone.id, on: true });
    await domain.run(follow, { actor: stayed.id, target: gone.id });
    await domain.run(suspendAccount, { input: { account: gone.id }, entry });
    expect(await domain.run(block, { actor: friend.id, target: gone.id, on: false })).toMatchObject({
      blocking: false,
    });
    expect(await domain.run(unfollow, { actor: stayed.id, target: gone.id })).toMatchObject({ following: false });
  });
});

describe('a deletion', () => {
  it('leaves no trace but the taken name, and mends what others count', async () => {
    const [gone, friend] = [await person(), await person()];
    const held = await token(gone.id);
    await domain.run(follow, { actor: gone.id, target: friend.id });
    await domain.run(follow, { actor: friend.id, target: gone.id });
    const list = await domain.run(createList, { actor: friend.id, title: 'x', replies: 'none', exclusive: false });
    await domain.run(changeListMembers, { actor: friend.id, id: list.id, add: [gone.id] });
    const kept = await domain.post(friend.id, 'kept');
    const own = await domain.post(gone.id, 'mine', { mentions: [friend.id] });
    await domain.run(react, { actor: gone.id, id: kept.post.id, emoji: '⭐', on: true });
    await domain.run(sharePost, { actor: gone.id, id: kept.post.id, visibility: 'public' });
    const shared = await domain.run(sharePost, { actor: friend.id, id: own.post.id, visibility: 'public' });
    const since = domain.heard.length;
    await domain.run(deleteAccount, { input: { account: gone.id }, entry });

    expect(domain.since(since).at(-1)).toEqual({
      type: 'account.deactivated',
      topics: ['community', `account:${gone.id}`, `channel-meta:${gone.channel}`, 'system'],
      data: { account: gone.id },
    });
    expect(domain.since(since)).toContainEqual({
      type: 'token.revoked',
      topics: ['system'],
      data: { credentialId: `token:${held.id}` },
    });
    expect(await domain.ask(accessTokenOf, held)).toBeUndefined();
    expect(await domain.ask(accountSnapshot, { id: gone.id })).toBeUndefined();
    expect(await domain.ask(accountByAcct, { acct: gone.slug })).toBeUndefined();
    for (const { post } of [own, shared]) {
      expect(await domain.ask(postById, { viewer: friend.id, id: post.id })).toBeUndefined();
    }
    expect((await domain.ask(postById, { viewer: friend.id, id: kept.post.id }))?.post).toMatchObject({
      favouritesCount: 0,
      sharesCount: 0,
    });
    expect(await domain.ask(accountSnapshot, { id: friend.id })).toMatchObject({
      followersCount: 0,
      followingCount: 0,
      postsCount: 1,
    });
    expect(await domain.ask(listMembersOf, { viewer: friend.id, id: list.id, page: PAGE })).toEqual([]);
    expect(await domain.ask(notificationsOf, { viewer: friend.id, page: PAGE })).toEqual([]);
    expect(await refusal(domain.account(gone.slug, { email: 'another@example.org' }))).toBe('conflict');
    expect(await refusal(domain.run(deleteAccount, { input: { account: gone.id }, entry }))).toBe('not-found');
  });

  it('goes on over several commits where there are many posts, of an account that nobody sees meanwhile', async () => {
    const [gone, friend] = [await person(), await person()];
    await Promise.all(Array.from({ length: 450 }, (_, index) => domain.post(gone.id, `post ${index}`)));
    const answer = await domain.post(friend.id, 'answer', { mentions: [gone.id] });

    expect(await domain.run(deleteAccount, { input: { account: gone.id }, entry })).toBe(false);

    expect(await domain.ask(accountSnapshot, { id: gone.id })).toMatchObject({ displayName: '', suspended: true });
    expect(await refusal(domain.post(gone.id, 'more'))).toBe('unauthorized');
    expect(await domain.run(continueDeletion, { account: gone.id })).toBe(false);
    expect(await domain.run(continueDeletion, { account: gone.id })).toBe(true);
    expect(await domain.ask(accountSnapshot, { id: gone.id })).toBeUndefined();
    expect((await domain.ask(postById, { viewer: friend.id, id: answer.post.id }))?.post.mentions).toEqual([]);
  });

  it('passes a group on to who looks after it', async () => {
    const [gone, heir] = [await person(), await person()];
    const group = await domain.run(createChannel, {
      actor: gone.id,
      slug: `group${++count}`,
      title: 'Group',
      description: '',
      access: 'open',
      defaultAffiliation: 'member',
    });
    await domain.run(follow, { actor: heir.id, target: group.id });
    const wanted = { target: heir.id, channel: group.id, affiliation: 'moderator' } as const;
    await domain.run(setAffiliation, { actor: gone.id, ...wanted });
    await domain.run(deleteAccount, { input: { account: gone.id }, entry });

    expect(await domain.ask(accountSnapshot, { id: group.id })).toMatchObject({ followersCount: 0 });
    expect(await domain.ask(accountSnapshot, { id: heir.id })).toMatchObject({ followingCount: 0 });
    const helper = await person();
    const grant = { actor: heir.id, target: helper.id, channel: group.id, affiliation: 'moderator' } as const;
    expect(await refusal(domain.run(setAffiliation, grant))).toBe('done');
  });

  // The log keeps the names of hashtag topics; they belong to nobody.
  it('leaves none of its words in the files', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'carillon-deletion-'));
    try {
      const secret = 'xyzzyplugh';
      const opened = await openDomain(dataDir);
      const [gone, friend] = await opened.accounts('gone', 'friend');
      const texts = { displayName: `${secret}-name`, note: { text: `${secret}-note`, html: `<p>${secret}-note</p>` } };
      await opened.run(updateProfile, { actor: gone.id, profile: texts });
      await opened.run(follow, { actor: gone.id, target: friend.id });
      await opened.post(gone.id, `${secret}-post`, { mentions: [friend.id], tags: ['verona'] });
      await opened.post(gone.id, `${secret}-letter`, { visibility: 'direct', mentions: [friend.id] });
      await opened.run(setNote, { actor: gone.id, target: friend.id, text: `${secret}-remark` });
      await opened.run(createList, { actor: gone.id, title: `${secret}-list`, replies: 'none', exclusive: false });
      await opened.run(createFilter, {
        actor: gone.id,
        filter: { title: `${secret}-filter`, contexts: ['home'], keywords: [{ keyword: `${secret}-word` }] },
      });
      await opened.run(followTag, { actor: gone.id, tag: `${secret}followed`, on: true });
      expect(filesWith(dataDir, secret)).not.toEqual([]);
      await opened.run(deleteAccount, { input: { account: gone.id }, entry });
      await opened[Symbol.asyncDispose]();
      expect(filesWith(dataDir, secret)).toEqual([]);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});

function filesWith(directory: string, text: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(text))
    .map(({ name }) => name);
}
