import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addSubmessage,
  attachmentsOf,
  block,
  botStorageOf,
  createMedia,
  deleteAccount,
  deleteMedia,
  deletePost,
  dropUnusedMedia,
  editPost,
  putBotStorage,
  removeBotStorage,
  submessagesOf,
} from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';
import { MAX_BOT_STORAGE_BYTES } from './messages.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = () => domain.account(`person${++count}`);
const removal = (account: number) => ({
  input: { account },
  entry: { actor: 'test', action: 'accounts.delete', target: 'test' },
});

describe('what a bot remembers', () => {
  it('is written, read and removed by its keys, for its account alone, and told to nobody', async () => {
    const [bot, other] = [await person(), await person()];
    const since = domain.heard.length;
    const put = (entries: Record<string, string>) => domain.run(putBotStorage, { actor: bot.id, entries });
    const all = (viewer = bot.id) => domain.ask(botStorageOf, { viewer });

    await put({ score: '1', ['__proto__']: 'odd', ü: 'ä' });
    await put({ score: '2' });
    expect([...(await all())]).toEqual([
      ['__proto__', 'odd'],
      ['score', '2'],
      ['ü', 'ä'],
    ]);
    expect(await all(other.id)).toEqual(new Map());
    expect(await domain.ask(botStorageOf, { viewer: bot.id, keys: ['score', 'none'] })).toEqual(
      new Map([['score', '2']]),
    );
    const missing = domain.run(removeBotStorage, { actor: bot.id, keys: ['score', 'none'] });
    await expect(missing).rejects.toMatchObject({ code: 'not-found' });
    await domain.run(removeBotStorage, { actor: bot.id, keys: ['score', '__proto__'] });
    expect(await all()).toEqual(new Map([['ü', 'ä']]));
    await domain.run(removeBotStorage, { actor: bot.id });
    expect(await all()).toEqual(new Map());
    expect(domain.heard).toHaveLength(since);

    await put({ last: 'words' });
    await domain.run(deleteAccount, removal(bot.id));
    expect(await all()).toEqual(new Map());
  });

  it('is bounded in bytes, and nothing of what is too much is kept', async () => {
    const bot = await person();
    const half = 'ü'.repeat(MAX_BOT_STORAGE_BYTES / 4);
    const put = (entries: Record<string, string>) => domain.run(putBotStorage, { actor: bot.id, entries });
    const refusal = { code: 'too-large', facts: { limit: MAX_BOT_STORAGE_BYTES } };

    await put({ a: half });
    await expect(put({ c: 'x', b: half })).rejects.toMatchObject(refusal);
    expect([...(await domain.ask(botStorageOf, { viewer: bot.id })).keys()]).toEqual(['a']);
    await put({ b: half.slice(2) });
    await expect(put({ ['k'.repeat(1_001)]: '' })).rejects.toMatchObject({ code: 'too-large' });
  });
});

describe('submessages', () => {
  it('are begun by the author of a post, added to by those who may see it, and gone with it', async () => {
    const [juliet, romeo, nurse] = [await person(), await person(), await person()];
    const { post } = await domain.post(juliet.id, '/poll To be?');
    const add = (actor: number, content: string, id = post.id) =>
      domain.run(addSubmessage, { actor, post: id, type: 'widget', content });

    await expect(add(romeo.id, 'first')).rejects.toMatchObject({ code: 'forbidden' });
    const since = domain.heard.length;
    const first = await add(juliet.id, '{"options":["yes"]}');
    const second = await add(romeo.id, '{"vote":1}');
    expect(first).toMatchObject({ post: post.id, account: juliet.id, type: 'widget', content: '{"options":["yes"]}' });
    expect(await domain.ask(submessagesOf, { viewer: nurse.id, posts: [post.id, 1] })).toEqual([first, second]);
    const topics = [`channel:${post.channel.id}`, `account:${juliet.id}`];
    expect(domain.since(since)).toEqual([
      { type: 'submessage.added', topics, data: { submessage: first } },
      { type: 'submessage.added', topics: [...topics, `account:${romeo.id}`], data: { submessage: second } },
    ]);
    expect(domain.heard.at(-1)?.routing).toMatchObject({ author: romeo.id, object: post.id });
    await expect(add(romeo.id, '')).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(add(romeo.id, 'x'.repeat(10_001))).rejects.toMatchObject({ code: 'unprocessable' });

    await domain.run(block, { actor: juliet.id, target: nurse.id, on: true });
    await expect(add(nurse.id, 'me too')).rejects.toMatchObject({ code: 'not-found' });
    expect(await domain.ask(submessagesOf, { viewer: nurse.id, posts: [post.id] })).toEqual([]);
    await domain.run(deleteAccount, removal(romeo.id));
    expect(await domain.ask(submessagesOf, { viewer: juliet.id, posts: [post.id] })).toEqual([first]);
    await domain.run(deletePost, { actor: juliet.id, id: post.id });
    const page = await domain.log.read({
      topics: [{ topic: `account:${juliet.id}`, since: 0 }],
      ...{ after: 0, limit: 1_000, maxBytes: 10_000_000 },
    });
    const kept = page.kind === 'gap' ? [] : page.events.filter(({ type }) => type === 'submessage.added');
    expect(kept.map(({ erased }) => erased)).toEqual([true, true]);
  });

  it('of a direct post are told to its participants alone', async () => {
    const [juliet, romeo] = [await person(), await person()];
    const { post } = await domain.post(juliet.id, 'psst', { visibility: 'direct', mentions: [romeo.id] });
    const since = domain.heard.length;

    await domain.run(addSubmessage, { actor: juliet.id, post: post.id, type: 'widget', content: '{}' });

    const [told] = domain.since(since);
    expect(new Set(told?.topics)).toEqual(new Set([`account:${juliet.id}`, `account:${romeo.id}`]));
  });
});

describe('files of an account', () => {
  async function upload(actor: number, bytes: number) {
    const file = `${++count}.png`;
    const stored = { type: 'image' as const, contentType: 'image/png', file, preview: null, meta: {}, bytes };
    return domain.run(createMedia, { ...stored, actor, description: null, blurhash: null });
  }

  it('are listed with their sizes and posts, and each change is told to their owner', async () => {
    const [juliet, romeo] = [await person(), await person()];
    const list = () => domain.ask(attachmentsOf, { viewer: juliet.id });
    const since = domain.heard.length;
    const news = () =>
      domain
        .since(since)
        .filter(({ type }) => type.startsWith('attachment.'))
        .map(({ type, topics, data }) => {
          const { attachment, usedBytes } = Object(data);
          expect(topics).toEqual([`account:${juliet.id}`]);
          return [type, Object(attachment).id ?? attachment, Object(attachment).post ?? null, usedBytes];
        });
    const rose = await upload(juliet.id, 5);
    const thorn = await upload(juliet.id, 7);
    expect(await list()).toMatchObject({
      attachments: [
        { id: thorn.id, account: juliet.id, file: thorn.file, contentType: 'image/png', bytes: 7, post: null },
        { id: rose.id, bytes: 5, post: null },
      ],
      usedBytes: 12,
    });

    const { post } = await domain.post(juliet.id, 'look', { media: [rose.id] });
    await domain.run(editPost, {
      ...{ actor: juliet.id, id: post.id },
      body: plainBody('look', { media: [rose.id, thorn.id] }),
    });
    expect((await list()).attachments.map((each) => each.post)).toEqual([post.id, post.id]);
    await domain.run(deletePost, { actor: juliet.id, id: post.id, keepMedia: true });
    await domain.run(deleteMedia, { actor: juliet.id, id: rose.id });
    const again = await domain.post(juliet.id, 'again', { media: [thorn.id] });
    await domain.run(deletePost, { actor: juliet.id, id: again.post.id });

    expect(news()).toEqual([
      ['attachment.added', rose.id, null, 5],
      ['attachment.added', thorn.id, null, 12],
      ['attachment.updated', rose.id, post.id, 12],
      ['attachment.updated', thorn.id, post.id, 12],
      ['attachment.updated', rose.id, null, 12],
      ['attachment.updated', thorn.id, null, 12],
      ['attachment.removed', rose.id, null, 7],
      ['attachment.updated', thorn.id, again.post.id, 7],
      ['attachment.removed', thorn.id, null, 0],
    ]);
    expect(await list()).toEqual({ attachments: [], usedBytes: 0 });
    expect(await domain.ask(attachmentsOf, { viewer: romeo.id })).toEqual({ attachments: [], usedBytes: 0 });
  });

  it('that were never posted are tidied away, which is told too', async () => {
    const juliet = await person();
    const { id } = await upload(juliet.id, 5);
    const since = domain.heard.length;

    await domain.run(dropUnusedMedia, { before: Date.now() + 1_000, limit: 100 });

    expect(domain.since(since)).toMatchObject([
      { type: 'attachment.removed', data: { account: juliet.id, attachment: id, usedBytes: 0 } },
    ]);
  });
});
