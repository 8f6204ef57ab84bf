import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelPosts, createChannel, deletePost, listTopics, suspendAccount } from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let juliet: number;
let romeo: number;
let nurse: number;
beforeAll(async () => {
  domain = await openDomain();
  [juliet, romeo, nurse] = (await domain.accounts('juliet', 'romeo', 'nurse')).map(({ id }) => id) as [
    number,
    number,
    number,
  ];
});
afterAll(() => domain[Symbol.asyncDispose]());

async function group(slug: string, access: 'open' | 'whitelist' = 'open'): Promise<number> {
  const made = { actor: juliet, slug, title: slug, description: '', access, defaultAffiliation: 'publisher' } as const;
  return (await domain.run(createChannel, made)).id;
}

async function texts(channel: number, topic?: string, viewer: number | null = juliet, limit = 40) {
  const query = { viewer, channel, page: { limit }, ...(topic === undefined ? {} : { topic }) };
  return (await domain.ask(channelPosts, query))?.map(({ post }) => post.text);
}

describe('a topic', () => {
  it('is trimmed and put on one line, has 60 characters at most unless an ingest brings it, and keeps its case', async () => {
    const channel = await group('cutting');
    const topicOf = async (topic: string, origin?: string) =>
      (await domain.post(juliet, 'text', { channel, topic, ...(origin ? { origin } : {}) })).post.topic;

    expect(await topicOf('  The\n Balcony  ')).toBe('The Balcony');
    expect(await topicOf('ß'.repeat(60))).toBe('ß'.repeat(60));
    await expect(topicOf('🌹'.repeat(61))).rejects.toMatchObject({ code: 'too-large', facts: { limit: 60 } });
    expect(await topicOf('🌹'.repeat(201), 'https://mantua.example/1')).toBe(`${'🌹'.repeat(199)}…`);
    expect(await topicOf(' \t ')).toBe('');
  });

  it('is one in every case, and is inherited by replies', async () => {
    const channel = await group('cases');
    const first = await domain.post(juliet, 'one', { channel, topic: 'Éden' });
    await domain.post(juliet, 'two', { channel, topic: 'éDEN' });
    await domain.post(juliet, 'other', { channel, topic: 'tomb' });
    const reply = await domain.post(juliet, 'three', { replyTo: first.post.id, topic: 'ignored' });

    expect(reply.post).toMatchObject({ topic: 'Éden', channel: { id: channel } });
    expect(await texts(channel, 'ÉDEN')).toEqual(['three', 'two', 'one']);
    expect(await domain.ask(listTopics, { viewer: null, channel })).toEqual([
      { name: 'Éden', maxId: reply.post.id },
      { name: 'tomb', maxId: expect.any(Number) },
    ]);
  });

  it('stands where its newest post is, and is gone with its last', async () => {
    const channel = await group('lists');
    const old = await domain.post(juliet, 'a', { channel, topic: 'a' });
    const bare = await domain.post(juliet, 'bare', { channel });
    const b = await domain.post(juliet, 'b', { channel, topic: 'b' });
    const newest = await domain.post(juliet, 'a2', { channel, topic: 'A' });
    const listed = async () =>
      (await domain.ask(listTopics, { viewer: null, channel }))?.map(({ name, maxId }) => [name, maxId]);

    expect(await listed()).toEqual([
      ['A', newest.post.id],
      ['b', b.post.id],
      ['', bare.post.id],
    ]);
    await domain.run(deletePost, { actor: juliet, id: newest.post.id });
    await domain.run(deletePost, { actor: juliet, id: bare.post.id });
    expect(await listed()).toEqual([
      ['b', b.post.id],
      ['a', old.post.id],
    ]);
    expect(await texts(channel, '')).toEqual([]);
    expect(await domain.ask(listTopics, { viewer: null, channel: 1 })).toBeUndefined();
    expect(await domain.ask(channelPosts, { viewer: null, channel: 1, page: { limit: 1 } })).toBeUndefined();
  });

  it('is shown only to who may see one of its posts', async () => {
    const closed = await group('closed', 'whitelist');
    const { post } = await domain.post(juliet, 'secret', { channel: closed, topic: 'plot' });
    const { channel } = await domain
      .post(juliet, 'for friends', { visibility: 'followers', topic: 'friends' })
      .then((view) => ({ channel: view.post.channel.id }));

    expect(await domain.ask(listTopics, { viewer: juliet, channel: closed })).toEqual([
      { name: 'plot', maxId: post.id },
    ]);
    expect(await domain.ask(listTopics, { viewer: romeo, channel: closed })).toEqual([]);
    expect(await texts(closed, 'plot', romeo)).toEqual([]);
    expect(await texts(closed, undefined, null)).toEqual([]);
    expect(await domain.ask(listTopics, { viewer: romeo, channel })).toEqual([]);
    expect(await domain.ask(listTopics, { viewer: juliet, channel })).toMatchObject([{ name: 'friends' }]);
  });

  it('is not that of a suspended author', async () => {
    const own = await domain.post(nurse, 'gossip', { topic: 'gossip' });
    const channel = own.post.channel.id;
    expect(await domain.ask(listTopics, { viewer: romeo, channel })).toMatchObject([{ name: 'gossip' }]);

    const entry = { actor: 'test', action: 'accounts.suspend', target: 'nurse' };
    await domain.run(suspendAccount, { input: { account: nurse }, entry });

    expect(await domain.ask(listTopics, { viewer: romeo, channel })).toEqual([]);
  });
});

describe('posts of a channel', () => {
  it('are paged in both directions, through all topics and through one', async () => {
    const channel = await group('pages');
    const ids: number[] = [];
    for (let n = 0; n < 9; n++) {
      ids.push(
        (await domain.post(juliet, `${n}`, { channel, ...(n % 3 === 0 ? {} : { topic: `t${n % 3}` }) })).post.id,
      );
    }
    const page = async (topic: string | undefined, bounds: object) => {
      const query = {
        viewer: romeo,
        channel,
        page: { limit: 2, ...bounds },
        ...(topic === undefined ? {} : { topic }),
      };
      return (await domain.ask(channelPosts, query))?.map(({ post }) => post.text).join('');
    };

    expect(await page(undefined, {})).toBe('87');
    expect(await page(undefined, { maxId: ids[7] })).toBe('65');
    expect(await page(undefined, { minId: ids[2] })).toBe('43');
    expect(await page('t1', {})).toBe('74');
    expect(await page('T1', { maxId: ids[4] })).toBe('1');
    expect(await page('t2', { minId: ids[2] })).toBe('85');
    expect(await page('', { minId: ids[0] })).toBe('63');
  });
});
