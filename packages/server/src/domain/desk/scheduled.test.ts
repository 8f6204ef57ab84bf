import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cancelScheduled,
  createMedia,
  deleteAccount,
  deletePost,
  dropUnusedMedia,
  dueScheduled,
  failScheduled,
  follow,
  mediaById,
  nextScheduled,
  postById,
  type ScheduledPost,
  scheduledById,
  scheduledOf,
  schedulePost,
  sendScheduled,
  updateScheduled,
} from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';
import { MAX_SCHEDULED } from './messages.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const HOUR = 3_600_000;
const later = (ms = HOUR) => Date.now() + ms;
const person = () => domain.account(`planner${++count}`);
const planned = (text: string, options: Partial<ScheduledPost> = {}): ScheduledPost => ({
  visibility: 'public',
  body: plainBody(text),
  ...options,
});
const first = { id: 0, dueAt: 0 };

async function upload(actor: number) {
  const file = `${++count}.png`;
  const stored = { type: 'image' as const, contentType: 'image/png', file, preview: null, meta: {}, bytes: 3 };
  return domain.run(createMedia, { ...stored, actor, description: null, blurhash: null });
}

describe('a scheduled post', () => {
  it('is listed for its author alone, changed and taken back, and nothing of it stays in the log', async () => {
    const [juliet, romeo] = [await person(), await person()];
    const since = domain.heard.length;
    const dueAt = later();
    const made = await domain.run(schedulePost, { actor: juliet.id, dueAt, post: planned('SECRET of the garden') });
    expect(made).toMatchObject({ account: juliet.id, dueAt, failed: null, media: [] });
    expect(made.post).toMatchObject({ visibility: 'public', body: { text: 'SECRET of the garden' } });
    const page = { limit: 10 };
    expect(await domain.ask(scheduledOf, { viewer: juliet.id, page })).toEqual([made]);
    expect(await domain.ask(scheduledOf, { viewer: romeo.id, page })).toEqual([]);
    expect(await domain.ask(scheduledById, { viewer: romeo.id, id: made.id })).toBeUndefined();
    const others = { actor: romeo.id, id: made.id };
    await expect(domain.run(updateScheduled, { ...others, dueAt })).rejects.toMatchObject({ code: 'not-found' });
    await expect(domain.run(cancelScheduled, others)).rejects.toMatchObject({ code: 'not-found' });

    const moved = await domain.run(updateScheduled, { actor: juliet.id, id: made.id, dueAt: dueAt + HOUR });
    expect(moved).toEqual({ ...made, dueAt: dueAt + HOUR });
    const changed = await domain.run(updateScheduled, { actor: juliet.id, id: made.id, post: planned('else') });
    expect(changed).toMatchObject({ id: made.id, dueAt: dueAt + HOUR, post: { body: { text: 'else' } } });
    await domain.run(cancelScheduled, { actor: juliet.id, id: made.id });

    expect(await domain.ask(scheduledById, { viewer: juliet.id, id: made.id })).toBeUndefined();
    const told = domain.since(since);
    expect(told.map(({ type }) => type)).toEqual([
      'scheduled.added',
      'scheduled.updated',
      'scheduled.updated',
      'scheduled.removed',
    ]);
    expect(new Set(told.flatMap(({ topics }) => topics))).toEqual(new Set([`account:${juliet.id}`]));
    expect(told.at(-1)?.data).toEqual({ account: juliet.id, scheduled: made.id, post: null });
    const kept = await readAccount(juliet.id);
    expect(kept.filter(({ type }) => type.startsWith('scheduled.')).map(({ erased }) => erased)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('is refused for a time that is over, and where a post would be refused now', async () => {
    const [juliet, romeo] = [await person(), await person()];
    const secret = await domain.post(romeo.id, 'for friends', { visibility: 'followers' });
    const used = await upload(juliet.id);
    await domain.post(juliet.id, 'shown', { media: [used.id] });
    const schedule = (post: ScheduledPost, dueAt = later()) =>
      domain.run(schedulePost, { actor: juliet.id, dueAt, post });

    await expect(schedule(planned('x'), Date.now() - 1)).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(schedule(planned('x'), Number.NaN)).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(schedule(planned(''))).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(schedule(planned('x', { replyTo: secret.post.id }))).rejects.toMatchObject({ code: 'not-found' });
    await expect(schedule(planned('x', { channel: romeo.channel }))).rejects.toMatchObject({ code: 'forbidden' });
    for (const id of [used.id, (await upload(romeo.id)).id, 1]) {
      const post = planned('x', { body: plainBody('x', { media: [id] }) });
      await expect(schedule(post)).rejects.toMatchObject({ code: 'unprocessable' });
    }
    expect(await domain.ask(scheduledOf, { viewer: juliet.id, page: { limit: 10 } })).toEqual([]);
  });

  it('is bounded in number, and paged by id', async () => {
    const juliet = await person();
    const ids: number[] = [];
    for (let at = 0; at < MAX_SCHEDULED; at += 1) {
      const made = await domain.run(schedulePost, { actor: juliet.id, dueAt: later(), post: planned(`${at}`) });
      ids.unshift(made.id);
    }
    const more = domain.run(schedulePost, { actor: juliet.id, dueAt: later(), post: planned('too much') });
    await expect(more).rejects.toMatchObject({ code: 'unprocessable' });

    const list = async (page: object) =>
      (await domain.ask(scheduledOf, { viewer: juliet.id, page: { limit: 2, ...page } })).map(({ id }) => id);
    expect(await list({})).toEqual(ids.slice(0, 2));
    expect(await list({ maxId: ids[1] })).toEqual(ids.slice(2, 4));
    expect(await list({ minId: ids[3] })).toEqual(ids.slice(1, 3));
    expect(await list({ sinceId: ids[1] })).toEqual(ids.slice(0, 1));
  });

  it('keeps its media from being tidied away, and shows them', async () => {
    const juliet = await person();
    const [kept, loose] = [await upload(juliet.id), await upload(juliet.id)];
    const post = planned('look', { body: plainBody('look', { media: [kept.id] }) });
    const made = await domain.run(schedulePost, { actor: juliet.id, dueAt: later(), post });
    expect(made.media).toEqual([kept]);

    await domain.run(dropUnusedMedia, { before: Date.now() + HOUR, limit: 100 });

    expect(await domain.ask(mediaById, { viewer: juliet.id, id: kept.id })).toEqual(kept);
    expect(await domain.ask(mediaById, { viewer: juliet.id, id: loose.id })).toBeUndefined();
    const sent = await domain.run(sendScheduled, { id: made.id, now: made.dueAt });
    expect(sent?.post.media).toEqual([kept]);
  });

  it('goes with its account', async () => {
    const juliet = await person();
    const made = await domain.run(schedulePost, { actor: juliet.id, dueAt: later(), post: planned('never') });
    await domain.run(deleteAccount, {
      input: { account: juliet.id },
      entry: { actor: 'test', action: 'accounts.delete', target: juliet.slug },
    });

    expect(await domain.run(sendScheduled, { id: made.id, now: made.dueAt })).toBeUndefined();
    const kept = (await readAccount(juliet.id)).filter(({ type }) => type === 'scheduled.added');
    expect(kept.map(({ erased }) => erased)).toEqual([true]);
  });
});

describe('sending', () => {
  it('makes the post once, when it is due, and its text is in the post alone', async () => {
    const [juliet, romeo] = [await person(), await person()];
    const parent = await domain.post(romeo.id, 'who is there?', { topic: 'balcony' });
    const post = planned('it is I', { replyTo: parent.post.id, visibility: 'unlisted' });
    const dueAt = later();
    const made = await domain.run(schedulePost, { actor: juliet.id, dueAt, post });
    const since = domain.heard.length;

    expect(await domain.run(sendScheduled, { id: made.id, now: dueAt - 1 })).toBeUndefined();
    const sent = await domain.run(sendScheduled, { id: made.id, now: dueAt });
    expect(await domain.run(sendScheduled, { id: made.id, now: dueAt })).toBeUndefined();

    expect(sent?.post).toMatchObject({ text: 'it is I', visibility: 'unlisted', topic: 'balcony' });
    expect(sent?.post.replyTo?.id).toBe(parent.post.id);
    const id = sent?.post.id ?? 0;
    expect(await domain.ask(postById, { viewer: romeo.id, id })).toMatchObject({ post: { id } });
    const told = domain.since(since).map(({ type, data }) => ({ type, data }));
    expect(told).toMatchObject([
      { type: 'post.created' },
      { type: 'scheduled.removed', data: { account: juliet.id, scheduled: made.id, post: id } },
    ]);
  });

  it('finds what is due in order, past what fails, and when the next will be', async () => {
    await using open = await openDomain();
    const juliet = await open.account('juliet');
    const base = later();
    const schedule = async (ms: number) =>
      (await open.run(schedulePost, { actor: juliet.id, dueAt: base + ms, post: planned(`${ms}`) })).id;
    const [third, one, two] = [await schedule(2), await schedule(0), await schedule(0)];
    const due = async (now: number, after = first, limit = 10) =>
      (await open.ask(dueScheduled, { now, after, limit })).map(({ id }) => id);

    expect(await due(base - 1)).toEqual([]);
    expect(await open.ask(nextScheduled, { now: base - 1 })).toBe(base);
    expect(await due(base)).toEqual([one, two]);
    expect(await open.ask(nextScheduled, { now: base })).toBe(base + 2);
    expect(await due(base + 2, first, 2)).toEqual([one, two]);
    expect(await due(base + 2, { id: two, dueAt: base })).toEqual([third]);
    expect(await open.ask(nextScheduled, { now: base + 2 })).toBeUndefined();
    await open.run(failScheduled, { id: one, now: base, reason: 'no' });
    expect(await due(base)).toEqual([two]);
  });

  it('undoes all of a post that cannot be made, and keeps it with the reason until it is put off', async () => {
    const [juliet, romeo] = [await person(), await person()];
    await domain.run(follow, { actor: juliet.id, target: romeo.id });
    const parent = await domain.post(romeo.id, 'for friends', { visibility: 'followers' });
    const dueAt = later();
    const post = planned('oh', { replyTo: parent.post.id });
    const made = await domain.run(schedulePost, { actor: juliet.id, dueAt, post });
    await domain.run(deletePost, { actor: romeo.id, id: parent.post.id });
    const since = domain.heard.length;

    await expect(domain.run(sendScheduled, { id: made.id, now: dueAt })).rejects.toMatchObject({ code: 'not-found' });
    expect(domain.heard).toHaveLength(since);
    await domain.run(failScheduled, { id: made.id, now: dueAt - 1, reason: 'not yet' });
    expect(domain.heard).toHaveLength(since);
    await domain.run(failScheduled, { id: made.id, now: dueAt, reason: 'there is no post' });
    expect(domain.since(since)).toMatchObject([
      { type: 'scheduled.updated', data: { scheduled: { id: made.id, failed: 'there is no post' } } },
    ]);
    expect(await domain.run(sendScheduled, { id: made.id, now: dueAt })).toBeUndefined();

    const again = { actor: juliet.id, id: made.id, post: planned('oh') };
    expect(await domain.run(updateScheduled, again)).toMatchObject({ failed: null });
    expect(await domain.run(sendScheduled, { id: made.id, now: dueAt })).toMatchObject({ post: { text: 'oh' } });
  });
});

async function readAccount(account: number) {
  const page = await domain.log.read({
    topics: [{ topic: `account:${account}`, since: 0 }],
    after: 0,
    limit: 1_000,
    maxBytes: 10_000_000,
  });
  if (page.kind === 'gap') throw new Error('events are missing');
  return page.events;
}
