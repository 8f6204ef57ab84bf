import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { react, reactionsOf } from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let juliet: number;
let romeo: number;
let id: number;
beforeAll(async () => {
  domain = await openDomain();
  const [first, second] = await domain.accounts('juliet', 'romeo');
  [juliet, romeo] = [first.id, second.id];
});
beforeEach(async () => {
  id = (await domain.post(juliet, 'rose')).post.id;
});
afterAll(() => domain[Symbol.asyncDispose]());

describe('a reaction', () => {
  it('tells who reacted, with the name and the code of what', async () => {
    const before = domain.heard.length;
    const octopus = { actor: romeo, id, emoji: '🐙', name: 'octopus' };
    await domain.run(react, { ...octopus, on: true });
    await domain.run(react, { actor: juliet, id, emoji: '⭐', on: true });
    await domain.run(react, { ...octopus, name: 'kraken', on: false });

    const told = domain.since(before).filter(({ type }) => type.startsWith('reaction.'));
    expect(told.map(({ type, data }) => [type, data])).toEqual([
      ['reaction.added', { post: id, account: romeo, emoji: '🐙', name: 'octopus', code: '1f419' }],
      ['reaction.added', { post: id, account: juliet, emoji: '⭐', name: 'star', code: '2b50' }],
      ['reaction.removed', { post: id, account: romeo, emoji: '🐙', name: 'octopus', code: '1f419' }],
    ]);
  });

  it('is one whatever look its characters ask for', async () => {
    await domain.run(react, { actor: romeo, id, emoji: '❤️', name: 'heart', on: true });
    await domain.run(react, { actor: romeo, id, emoji: '❤', name: 'heart', on: true });
    await domain.run(react, { actor: juliet, id, emoji: '👩‍🚀', on: true });

    expect(await domain.ask(reactionsOf, { viewer: null, posts: [id, 1] })).toEqual([
      {
        post: id,
        reactions: [
          { account: romeo, emoji: '❤', name: 'heart', code: '2764' },
          { account: juliet, emoji: '👩‍🚀', name: '👩‍🚀', code: '1f469-200d-1f680' },
        ],
      },
    ]);
  });

  it('that is there already, or is not there, is told apart where that is asked for', async () => {
    const rose = { actor: romeo, id, emoji: '🌹', name: 'rose', strict: true };
    const refusal = (reason: string) => ({ code: 'conflict', facts: { reason } });

    await expect(domain.run(react, { ...rose, on: false })).rejects.toMatchObject(refusal('reaction-missing'));
    await domain.run(react, { ...rose, on: true });
    const before = domain.heard.length;
    await expect(domain.run(react, { ...rose, on: true })).rejects.toMatchObject(refusal('reaction-exists'));
    expect(domain.heard).toHaveLength(before);
    await domain.run(react, { ...rose, on: false });
  });

  it('is refused with what is no emoji', async () => {
    for (const emoji of ['', 'x'.repeat(101), 'custom:1']) {
      const wrong = domain.run(react, { actor: romeo, id, emoji, on: true });
      await expect(wrong).rejects.toMatchObject({ code: 'unprocessable', facts: { reason: 'no-emoji' } });
    }
  });

  it('is shown only to who may see the post', async () => {
    const { post } = await domain.post(juliet, 'secret', { visibility: 'followers' });
    await domain.run(react, { actor: juliet, id: post.id, emoji: '🌹', on: true });

    expect(await domain.ask(reactionsOf, { viewer: romeo, posts: [post.id] })).toEqual([]);
    expect(await domain.ask(reactionsOf, { viewer: juliet, posts: [post.id] })).toHaveLength(1);
  });
});
