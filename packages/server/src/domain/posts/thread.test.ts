import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountView, postContext } from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

const MOST = 4_096;

let domain: OpenDomain;
let juliet: AccountView;
beforeAll(async () => {
  domain = await openDomain();
  juliet = await domain.account('juliet');
});
afterAll(() => domain[Symbol.asyncDispose]());

/** A tree: each post of a level has as many answers as the next number says. Posts of all levels, the oldest first. */
async function grow(...levels: readonly number[]): Promise<readonly (readonly number[])[]> {
  const grown = [[(await domain.post(juliet.id, 'root')).post.id]];
  for (const answers of levels) {
    const parents = (grown.at(-1) ?? []).flatMap((id) => new Array<number>(answers).fill(id));
    const posts = await Promise.all(parents.map((replyTo) => domain.post(juliet.id, 'answer', { replyTo })));
    grown.push(posts.map(({ post }) => post.id));
  }
  return grown;
}

test('a thread with more answers than are shown gives the oldest of them', async () => {
  const [[root = 0] = [], first = [], second = []] = await grow(64, 64);
  const mine = await domain.ask(postContext, { viewer: juliet.id, id: root });
  const anybodys = await domain.ask(postContext, { viewer: null, id: root });
  const ids = (shown: typeof mine) => shown?.descendants.map(({ post }) => post.id).toSorted((a, b) => a - b);

  expect(first.length + second.length).toBeGreaterThan(MOST);
  expect(ids(mine)).toEqual([...first, ...second].toSorted((a, b) => a - b).slice(0, MOST));
  expect(ids(anybodys)).toEqual(first.slice(0, 60));
}, 120_000);

test('nobody in particular is shown forty posts above and twenty levels below', async () => {
  const chain = (await grow(...new Array<number>(45).fill(1))).flat();
  const [root = 0] = chain;
  const above = await domain.ask(postContext, { viewer: null, id: chain.at(-1) ?? 0 });
  const below = await domain.ask(postContext, { viewer: null, id: root });
  const mine = await domain.ask(postContext, { viewer: juliet.id, id: chain.at(-1) ?? 0 });

  expect(above?.ancestors.map(({ post }) => post.id)).toEqual(chain.slice(5, 45));
  expect(below?.descendants.map(({ post }) => post.id)).toEqual(chain.slice(1, 21));
  expect(mine?.ancestors.map(({ post }) => post.id)).toEqual(chain.slice(0, 45));
});
