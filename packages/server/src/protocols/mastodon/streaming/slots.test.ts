import type { Event } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagPost, type PostFlags, sharePost } from '../../../domain/index.ts';
import { type OpenDomain, openDomain } from '../../../domain/testing/open-domain.ts';
import type { FilterMatch, View } from '../../../view/index.ts';
import { NO_FLAGS, toFilterResult, toStatus, withFlags } from '../entities/index.ts';
import { readPostNews } from './post-news.ts';
import { closeStatus, NOBODYS_SLOTS, PLAIN_SLOTS, viewerSlots } from './slots.ts';
import { quoteJson } from './wire.ts';

const SITE = { baseUrl: 'https://example.org', domain: 'example.org' };
const MATCH: FilterMatch = {
  filter: { id: 7, title: 'a "quoted" title', contexts: ['home'], action: 'blur', expiresAt: null },
  keywords: ['love'],
  posts: [],
};

let domain: OpenDomain;
let romeo = 0;
let mercutio = 0;
let created: Event;
let shared: Event;

beforeAll(async () => {
  domain = await openDomain();
  const accounts = await domain.accounts('romeo', 'mercutio');
  [romeo, mercutio] = [accounts[0].id, accounts[1].id];
  const { post } = await domain.post(romeo, 'my only love, "sprung"\nfrom my only hate');
  await domain.run(flagPost, { actor: romeo, id: post.id, flag: 'pinned', on: true });
  await domain.run(sharePost, { actor: mercutio, id: post.id, visibility: 'public' });
  const find = (type: string) => domain.heard.find((event) => event.type === type);
  const [first, second] = [find('post.created'), find('share.created')];
  if (!first || !second) throw new Error('nothing was announced');
  [created, shared] = [first, second];
});
afterAll(() => domain[Symbol.asyncDispose]());

/** A viewer of whom only these facts matter here. */
function viewer(account: number, mutes = false): View {
  return { account, mutesThread: () => mutes } as unknown as View;
}

function news(event: Event) {
  const found = readPostNews(event, SITE);
  if (!found) throw new Error('the event shows no post');
  return found;
}

describe('a status with a viewer’s slot', () => {
  const flagged = (flags: Partial<PostFlags>): PostFlags => ({ ...NO_FLAGS, ...flags });

  it.each([
    ['a stranger', () => 1, [], false, {}, {}],
    ['a stranger with filters', () => 1, [MATCH], false, {}, {}],
    ['a stranger who muted the thread', () => 1, [], true, { muted: true }, { muted: true }],
    ['the author', () => romeo, [], false, {}, { pinned: true }],
    ['who shared it', () => mercutio, [], false, {}, { shared: true }],
  ])('is what REST answers %s', (_, account, matches, mutes, own, inside) => {
    for (const event of [created, shared]) {
      const told = news(event);
      const isShare = event === shared;
      const view = viewer(account(), mutes);
      const slots = viewerSlots(told, view, matches);
      const data = JSON.parse(Buffer.from(event.data).toString('utf8'));
      // A post that was made a moment ago has no doers yet.
      const flags = flagged(own);
      const expected = withFlags(toStatus(data.post, SITE), {
        viewer: view.account,
        flags,
        sharedFlags: isShare ? flagged(inside) : undefined,
        filtered: matches.map(toFilterResult),
      });

      expect(JSON.parse(closeStatus(told.status, slots, (text) => text))).toEqual(JSON.parse(JSON.stringify(expected)));
    }
  });

  it('is the shared one for whoever did nothing', () => {
    expect(viewerSlots(news(created), viewer(1), [])).toBe(PLAIN_SLOTS);
    expect(viewerSlots(news(shared), viewer(1), [])).toBe(PLAIN_SLOTS);
  });

  it('says nothing of a viewer on streams of strangers', () => {
    const { status } = news(created);
    const data = JSON.parse(Buffer.from(created.data).toString('utf8'));
    const plain = toStatus(data.post, SITE);

    expect(JSON.parse(closeStatus(status, NOBODYS_SLOTS, (text) => text))).toEqual({ ...plain, filtered: [] });
  });

  it('is the same whether it is quoted whole or piece by piece', () => {
    const { status } = news(shared);
    const quoted = { outer: quoteJson(status.outer), shared: quoteJson(status.shared ?? '') };
    const slots = viewerSlots(news(shared), viewer(mercutio), [MATCH]);

    expect(closeStatus(quoted, slots, quoteJson)).toBe(quoteJson(closeStatus(status, slots, (text) => text)));
  });

  it('is not there once the text is erased', () => {
    expect(readPostNews({ ...created, erased: true, data: new Uint8Array() }, SITE)).toBeUndefined();
  });
});
