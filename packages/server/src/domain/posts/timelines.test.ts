import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  follow,
  homeTimeline,
  listTimeline,
  mute,
  type PageQuery,
  type PostView,
  publicTimeline,
  tagTimeline,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';
import { deeds, TAGS, World } from './testing/deeds.ts';

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

type Ask = (page: PageQuery) => Promise<readonly PostView[] | undefined>;

const idsOf = (views: readonly PostView[] | undefined) => (views ?? []).map(({ post }) => post.id);

/** All of a timeline, by pages from the newest down and again from the oldest up. */
async function walk(ask: Ask, limit: number): Promise<{ down: number[]; up: number[] }> {
  const down: number[] = [];
  for (
    let page = idsOf(await ask({ limit }));
    page.length > 0;
    page = idsOf(await ask({ limit, maxId: down.at(-1) ?? 0 }))
  ) {
    down.push(...page);
  }
  const up: number[] = [];
  for (
    let page = idsOf(await ask({ limit, minId: 0 }));
    page.length > 0;
    page = idsOf(await ask({ limit, minId: up[0] ?? 0 }))
  ) {
    up.unshift(...page);
  }
  return { down, up };
}

describe('timelines', () => {
  it('are what a naive look at everybody’s deeds says, page by page in both directions', {
    timeout: 240_000,
  }, async () => {
    let round = 0;
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        round += 1;
        const world = new World(domain);
        await world.people(`w${round}`);
        for (const deed of all) await world.do(deed);
        const { model } = world;
        // Earlier rounds' posts stand on public timelines, and under the same tags.
        const mine = ({ down, up }: { down: number[]; up: number[] }) => ({
          down: down.filter((id) => id > world.start),
          up: up.filter((id) => id > world.start),
        });
        for (const viewer of world.viewers) {
          const expected = model.select((post) => model.inHome(viewer, post));
          compared += expected.length;
          const home = await walk((page) => domain.ask(homeTimeline, { viewer, page }), 7);
          expect(mine(home), `home of ${viewer}`).toEqual({ down: expected, up: expected });
          const everybody = model.select((post) => model.inPublic(viewer, post));
          const all = await walk((page) => domain.ask(publicTimeline, { viewer, page }), 11);
          expect(mine(all), `public for ${viewer}`).toEqual({ down: everybody, up: everybody });
          for (const tag of TAGS) {
            const tagged = model.select((post) => model.inTag(viewer, tag, post));
            const found = await walk((page) => domain.ask(tagTimeline, { viewer, tag, page }), 5);
            expect(mine(found), `${tag} for ${viewer}`).toEqual({ down: tagged, up: tagged });
          }
        }
        for (const [id, list] of model.lists) {
          const expected = model.select((post) => model.inList(list, post));
          const found = await walk((page) => domain.ask(listTimeline, { viewer: list.owner, list: id, page }), 3);
          expect(found, `list ${list.replies} of ${list.owner}`).toEqual({ down: expected, up: expected });
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(10);
  });

  it('show the muted again once the mute has ended', async () => {
    const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
    await domain.run(follow, { actor: juliet.id, target: romeo.id });
    const { post } = await domain.post(romeo.id, 'but soft');
    const home = async () => idsOf(await domain.ask(homeTimeline, { viewer: juliet.id, page: { limit: 5 } }));
    const until = Date.now() + 1_500;

    await domain.run(mute, { actor: juliet.id, target: romeo.id, on: true, expiresAt: until });

    expect(await home()).toEqual([]);
    await expect.poll(home, { timeout: 10_000 }).toEqual([post.id]);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
  });
});
