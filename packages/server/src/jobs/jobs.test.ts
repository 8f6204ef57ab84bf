import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@carillon/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accountPosts,
  block,
  continueJob,
  deletePost,
  editPost,
  follow,
  homeTimeline,
  notificationsOf,
  openJobs,
  type PostView,
  postById,
  react,
  readEvent,
  sharePost,
  unfollow,
  unreadNotifications,
  unsharePost,
} from '../domain/index.ts';
import { type OpenDomain, openDomain, plainBody } from '../domain/testing/open-domain.ts';
import { start } from './testing/start.ts';

const CROWD = 350;
const LONG = { timeout: 120_000 };
const PAGE = { limit: 40 };

const dataDir = mkdtempSync(join(tmpdir(), 'carillon-jobs-'));
let domain: OpenDomain;
let juliet: number;
let romeo: number;
/** They follow Juliet and want to hear of each post. */
let crowd: readonly number[];

beforeAll(async () => {
  domain = await openDomain(dataDir);
  const people = await domain.accounts('juliet', 'romeo');
  [juliet, romeo] = [people[0].id, people[1].id];
  const names = Array.from({ length: CROWD }, (_, at) => `person${at}`);
  crowd = (await Promise.all(names.map((name) => domain.account(name)))).map(({ id }) => id);
  await Promise.all(crowd.map((actor) => domain.run(follow, { actor, target: juliet, notify: true })));
}, 120_000);
afterAll(async () => {
  await domain[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true });
});

const open = async () => (await domain.ask(openJobs, { now: Date.now(), limit: 10 })).open;

/** Whom the events tell of a post, in their order. */
function toldOf(events: readonly Event[], { post }: PostView): readonly number[] {
  const told = events.flatMap((event) => readEvent(event, 'notification.created')?.notification ?? []);
  return told.filter(({ post: about }) => about?.post.id === post.id).map(({ account }) => account);
}

function ascending(accounts: Iterable<number>): readonly number[] {
  return [...accounts].toSorted((one, other) => one - other);
}

/** Notices that are listed for everybody in the crowd. */
async function listed({ post }: PostView): Promise<readonly number[]> {
  const pages = await Promise.all(crowd.map((viewer) => domain.ask(notificationsOf, { viewer, page: PAGE })));
  return pages.flat().flatMap((notice) => (notice.post?.post.id === post.id ? notice.account : []));
}

async function finish(): Promise<void> {
  const { close, failed } = start(domain);
  await expect.poll(open, { timeout: 60_000 }).toBe(0);
  await close();
  expect(failed).not.toHaveBeenCalled();
}

test('all who want each post are told once, though the process stops between two commits', LONG, async () => {
  const before = domain.heard.length;
  const post = await domain.post(juliet, 'hear me');
  expect(toldOf(domain.heard.slice(before), post)).toHaveLength(100);
  const { due } = await domain.ask(openJobs, { now: Date.now(), limit: 10 });
  expect(await domain.run(continueJob, { id: due[0]?.id ?? 0 })).toBe(false);
  const first = toldOf(domain.heard.slice(before), post);
  expect(first).toHaveLength(200);
  const rest = crowd.filter((account) => !first.includes(account));
  const [blocker = 0, blocked = 0, leaver = 0] = rest;

  await domain[Symbol.asyncDispose]();
  domain = await openDomain(dataDir);
  await domain.run(block, { actor: blocker, target: juliet, on: true });
  await domain.run(block, { actor: juliet, target: blocked, on: true });
  await domain.run(unfollow, { actor: leaver, target: juliet });
  const late = await domain.account('late');
  await domain.run(follow, { actor: late.id, target: juliet, notify: true });
  expect(await open()).toBe(1);
  await finish();

  const second = toldOf(domain.heard, post);
  expect(ascending(second)).toEqual(ascending(rest.slice(3)));
  expect(ascending(await listed(post))).toEqual(ascending([...first, ...second]));
  expect(await domain.ask(notificationsOf, { viewer: late.id, page: PAGE })).toEqual([]);
  expect(await domain.run(continueJob, { id: due[0]?.id ?? 0 })).toBe(true);
});

test(
  'nobody is told of a post that was deleted meanwhile, and whoever was told hears that it is gone',
  LONG,
  async () => {
    const before = domain.heard.length;
    const post = await domain.post(juliet, 'never mind');
    const { due } = await domain.ask(openJobs, { now: Date.now(), limit: 10 });
    await domain.run(continueJob, { id: due[0]?.id ?? 0 });
    const told = toldOf(domain.heard.slice(before), post);
    expect(told).toHaveLength(200);

    const deleted = domain.heard.length;
    await domain.run(deletePost, { actor: juliet, id: post.post.id });

    expect(await listed(post)).toEqual([]);
    const unread = await Promise.all(told.map((viewer) => domain.ask(unreadNotifications, { viewer, limit: 100 })));
    expect(new Set(unread)).toEqual(new Set([1]));
    await finish();
    const since = domain.heard.slice(deleted);
    expect(toldOf(since, post)).toEqual([]);
    const dismissed = since.flatMap((event) => readEvent(event, 'notification.dismissed')?.account ?? []);
    expect(ascending(dismissed)).toEqual(ascending(told));
  },
);

test('whoever shared a post hears of its edit, and every share goes with it', LONG, async () => {
  const post = await domain.post(romeo, 'quondam', { visibility: 'unlisted' });
  const share = (actor: number) => domain.run(sharePost, { actor, id: post.post.id, visibility: 'public' });
  const shares = await Promise.all(crowd.map(share));
  await Promise.all(
    crowd.slice(0, 60).map((actor) => domain.run(react, { actor, id: post.post.id, emoji: '⭐', on: true })),
  );
  await finish();
  const edited = domain.heard.length;
  await domain.run(editPost, { actor: romeo, id: post.post.id, body: plainBody('quondam, again') });
  await finish();
  expect(ascending(toldOf(domain.heard.slice(edited), post))).toEqual(ascending(crowd));

  const deleted = domain.heard.length;
  expect(await textOf(domain, deleted)).toContain('quondam');
  await domain.run(deletePost, { actor: romeo, id: post.post.id });

  expect(await open()).toBe(2);
  const last = shares.at(-1);
  const sharer = last?.post.author.id ?? 0;
  expect(await domain.ask(postById, { viewer: sharer, id: last?.post.id ?? 0 })).toBeUndefined();
  const query = { account: sharer, viewer: sharer, page: PAGE };
  expect(await domain.ask(accountPosts, query)).toEqual([]);
  const home = await domain.ask(homeTimeline, { viewer: sharer, page: PAGE });
  expect(home.filter(({ post: { shared } }) => shared !== null)).toEqual([]);
  expect(await domain.ask(notificationsOf, { viewer: romeo, page: PAGE })).toEqual([]);
  expect(await domain.ask(unreadNotifications, { viewer: romeo, limit: 500 })).toBe(0);
  expect(await textOf(domain, deleted)).not.toContain('quondam');
  expect(await domain.run(unsharePost, { actor: sharer, id: last?.post.id ?? 0 })).toBeUndefined();
  await finish();

  const since = domain.heard.slice(deleted);
  const gone = since.flatMap((event) => readEvent(event, 'share.deleted')?.post ?? []);
  expect(ascending(gone)).toEqual(ascending(shares.map(({ post: { id } }) => id)));
  const dismissed = since.flatMap((event) => readEvent(event, 'notification.dismissed') ?? []);
  expect(dismissed.flatMap(({ account, notifications }) => (account === romeo ? notifications : []))).toHaveLength(
    CROWD + 60,
  );
  expect(ascending(dismissed.map(({ account }) => account).filter((account) => account !== romeo))).toEqual(
    ascending(crowd),
  );
  expect(await domain.ask(accountPosts, query)).toEqual([]);
});

/** Everything that the log still says, up to a count of events. */
async function textOf({ log, heard }: OpenDomain, count: number): Promise<string> {
  const topics = [...new Set(heard.slice(0, count).flatMap((event) => event.topics))];
  const page = await log.read({ topics: topics.map((topic) => ({ topic, since: 0 })), after: 0, limit: 10_000 });
  if (page.kind === 'gap') throw new Error('nothing was removed');
  return Buffer.concat(page.events.map(({ data }) => data)).toString('utf8');
}
