import type { Leases } from '@carillon/core';
import { expect, test, vi } from 'vitest';
import {
  accountPosts,
  announcementsFor,
  type Commands,
  deletePost,
  publishAnnouncement,
  scheduledOf,
  schedulePost,
  suspendAccount,
  updateScheduled,
} from '../domain/index.ts';
import { type OpenDomain, openDomain, plainBody } from '../domain/testing/open-domain.ts';
import { createLocalLeases } from '../hub/index.ts';
import { startScheduler } from './start.ts';

const HOUR = 3_600_000;
const SOON = { timeout: 20_000 };

function start(open: OpenDomain, options: { now?: () => number; leases?: Leases; node?: string; run?: Commands } = {}) {
  const { now = Date.now, leases = createLocalLeases({ now }), node = 'one', run = open.log } = options;
  const failed = vi.fn();
  const scheduler = startScheduler({ commands: run, log: open.log, leases, node, now, failed });
  return { failed, close: () => scheduler.close() };
}

function schedule(open: OpenDomain, actor: number, text: string, inMs: number) {
  const post = { visibility: 'public' as const, body: plainBody(text) };
  return open.run(schedulePost, { actor, dueAt: Date.now() + inMs, post });
}

async function textsOf(open: OpenDomain, account: number) {
  const posts = (await open.ask(accountPosts, { viewer: null, account, page: { limit: 40 } })) ?? [];
  return posts.map(({ post }) => post.text);
}

const waiting = (open: OpenDomain, viewer: number) => open.ask(scheduledOf, { viewer, page: { limit: 300 } });

test('posts what was scheduled when its time comes, in order, and what was put off then', async () => {
  await using open = await openDomain();
  const juliet = await open.account('juliet');
  const { close, failed } = start(open);

  const third = await schedule(open, juliet.id, 'three', HOUR);
  await schedule(open, juliet.id, 'two', 250);
  await schedule(open, juliet.id, 'one', 200);
  await expect.poll(() => textsOf(open, juliet.id), SOON).toEqual(['two', 'one']);
  expect(await waiting(open, juliet.id)).toHaveLength(1);
  await open.run(updateScheduled, { actor: juliet.id, id: third.id, dueAt: Date.now() + 100 });
  await expect.poll(() => textsOf(open, juliet.id), SOON).toEqual(['three', 'two', 'one']);

  await close();
  expect(await waiting(open, juliet.id)).toEqual([]);
  expect(failed).not.toHaveBeenCalled();
});

test('posts on start what fell due while no server ran, each once, and keeps what cannot be posted', async () => {
  await using open = await openDomain();
  const [juliet, romeo, paris] = await open.accounts('juliet', 'romeo', 'paris');
  const parent = await open.post(romeo.id, 'who?');
  await Promise.all(Array.from({ length: 120 }, (_, at) => schedule(open, juliet.id, `${at}`, HOUR + at)));
  const answer = { visibility: 'public' as const, body: plainBody('I'), replyTo: parent.post.id };
  await open.run(schedulePost, { actor: juliet.id, dueAt: Date.now() + HOUR, post: answer });
  await schedule(open, paris.id, 'banned', HOUR);
  await open.run(deletePost, { actor: romeo.id, id: parent.post.id });
  const entry = { actor: 'test', action: 'accounts.suspend', target: 'paris' };
  await open.run(suspendAccount, { input: { account: paris.id }, entry });
  const since = open.heard.length;
  const now = () => Date.now() + 2 * HOUR;

  const { close, failed } = start(open, { now });

  await expect.poll(async () => (await waiting(open, paris.id))[0]?.failed, SOON).toMatch(/suspended/);
  await expect.poll(async () => (await waiting(open, juliet.id)).length, SOON).toBe(1);
  const kept = await waiting(open, juliet.id);
  await close();
  await start(open, { now }).close();
  expect(kept).toMatchObject([{ post: { body: { text: 'I' } }, failed: expect.stringContaining('no post') }]);
  const made = open.since(since).filter(({ type }) => type === 'post.created');
  const texts = made.map(({ data }) => Object(data).post.text);
  expect(texts).toEqual(Array.from({ length: 120 }, (_, at) => `${at}`));
  expect(failed).not.toHaveBeenCalled();
});

test('one of two nodes sends, and the other when the first has gone', async () => {
  await using open = await openDomain();
  const juliet = await open.account('juliet');
  const leases = createLocalLeases();
  const runs: string[] = [];
  const watched = (node: string): Commands => ({
    query: (query, input) => open.log.query(query, input),
    run: (command, input, key) => {
      runs.push(`${node} ${command.name}`);
      return open.log.run(command, input, key);
    },
  });
  const one = start(open, { leases, node: 'one', run: watched('one') });
  await expect.poll(async () => (await leases.list('jobs/')).map(({ owner }) => owner), SOON).toEqual(['one']);
  const two = start(open, { leases, node: 'two', run: watched('two') });

  await schedule(open, juliet.id, 'first', 50);
  await expect.poll(() => textsOf(open, juliet.id), SOON).toEqual(['first']);
  await one.close();
  await schedule(open, juliet.id, 'second', 50);
  await expect.poll(() => textsOf(open, juliet.id), SOON).toEqual(['second', 'first']);
  await two.close();

  expect(runs).toEqual(['one scheduled.send', 'two scheduled.send']);
});

test('a fault of the server leaves the post waiting, is told, and holds up no other', async () => {
  await using open = await openDomain();
  const [juliet, romeo] = await open.accounts('juliet', 'romeo');
  const stuck = await schedule(open, juliet.id, 'stuck', 100);
  await schedule(open, romeo.id, 'free', 150);
  const faulty: Commands = {
    query: (query, input) => open.log.query(query, input),
    run: (command, input, key) =>
      Object(input).id === stuck.id ? Promise.reject(new Error('a fault')) : open.log.run(command, input, key),
  };

  const { close, failed } = start(open, { run: faulty });
  await expect.poll(() => textsOf(open, romeo.id), SOON).toEqual(['free']);
  await close();

  expect(failed).toHaveBeenCalledWith(expect.objectContaining({ message: 'a fault' }));
  expect(await waiting(open, juliet.id)).toMatchObject([{ id: stuck.id, failed: null }]);
});

function announceUntil(open: OpenDomain, text: string, endsAt: number) {
  const entry = { actor: 'test', action: 'announcements.publish', target: text };
  return open.run(publishAnnouncement, { input: { text, html: text, endsAt }, entry });
}

const endedIn = (open: OpenDomain) =>
  open
    .since(0)
    .filter(({ type }) => type === 'announcement.deleted')
    .map(({ data }) => Object(data).announcement);

test('announcements end at their time, also those that ended while no server ran, each told once', async () => {
  await using open = await openDomain();
  const past = await announceUntil(open, 'past', Date.now() + HOUR);
  const later = await announceUntil(open, 'later', Date.now() + 9 * HOUR);
  const now = () => Date.now() + 2 * HOUR;
  const first = start(open, { now });
  await expect.poll(() => endedIn(open), SOON).toEqual([past.id]);

  const soon = await announceUntil(open, 'soon', now() + 300);
  await expect.poll(() => endedIn(open), SOON).toEqual([past.id, soon.id]);
  await first.close();
  await start(open, { now }).close();

  expect(endedIn(open)).toEqual([past.id, soon.id]);
  const { id: viewer } = await open.account('juliet');
  expect((await open.ask(announcementsFor, { viewer })).map(({ id }) => id)).toEqual([later.id]);
  expect(first.failed).not.toHaveBeenCalled();
});
