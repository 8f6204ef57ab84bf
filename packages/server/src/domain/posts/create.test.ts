import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postById } from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

describe('a post', () => {
  it('lives in its author’s channel, is told to the public, and is found again', async () => {
    const juliet = await domain.account('juliet');
    const before = domain.heard.length;

    const { post, flags } = await domain.post(juliet.id, 'wherefore art thou', { tags: ['Verona'], language: 'en' });

    expect(post).toMatchObject({
      channel: { id: juliet.channel, kind: 'personal' },
      thread: post.id,
      text: 'wherefore art thou',
    });
    expect(flags).toEqual({ favourited: false, shared: false, bookmarked: false, muted: false, pinned: false });
    expect(domain.since(before)).toEqual([
      {
        type: 'post.created',
        topics: [`channel:${juliet.channel}`, 'public', 'public:local', 'hashtag:verona', 'hashtag:verona:local'],
        data: { post },
      },
    ]);
    expect(await domain.ask(postById, { viewer: juliet.id, id: post.id })).toEqual({ post, flags });
    expect(await domain.ask(postById, { viewer: null, id: post.id })).toEqual({ post });
  });
});
