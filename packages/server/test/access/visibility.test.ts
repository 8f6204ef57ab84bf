import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Person } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import { eventStream } from './ears.ts';
import { edited, listen, look, type Marks, type Met, until } from './visibility-ears.ts';
import { type Stage, setStage } from './visibility-scene.ts';
import { CELLS, POSTS, STRANGERS } from './visibility-table.ts';

let data: string;
let stage: Stage;
/** By its title in the table. */
const ids = new Map<string, string>();
const met = { live: [] as readonly Met[], replayed: [] as readonly Met[], shown: [] as readonly Met[] };

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'carillon-visibility-'));
  stage = await setStage(data);
  const since = await present();

  const live = await listen(stage, 'WebSocket', since);
  await until(live, await mark());
  await speak();
  const end = await mark();
  await until(live, end);
  met.live = live.map(frozen);
  await Promise.all(live.map((one) => one.close()));

  const replayed = await listen(stage, 'SSE', since);
  await until(replayed, end);
  met.replayed = replayed.map(frozen);
  await Promise.all(replayed.map((one) => one.close()));

  met.shown = await look(stage, [...ids.values()]);
}, 240_000);

afterAll(async () => {
  await stage.server.stop();
  await rm(data, { recursive: true, force: true });
});

test.each(CELLS)('$who and $post: [$letters], live, on replay and over REST', ({ who, post, letters }) => {
  const id = ids.get(post) ?? '';
  const found = Object.entries(met).flatMap(([how, all]) =>
    all
      .filter((one) => one.who === who)
      .map(({ place, letter, posts }) => ({
        ...{ where: `${letter}: ${place}, ${how}`, how, letter },
        times: countOf(id, posts()),
        edits: countOf(edited(id), posts()),
      })),
  );
  const answers = (times: (one: (typeof found)[number]) => number) =>
    Object.fromEntries(found.map((one) => [one.where, times(one)]));
  const expected = (one: (typeof found)[number]) => {
    const isElsewhere = one.letter === 'C' && !one.where.includes(`of ${homeOf(post)},`);
    // A conversation is told of again with its post's edit.
    const isConversation = /^D: (?:direct|native account, its conversations),/.test(one.where);
    if (!letters.includes(one.letter) || isElsewhere) return 0;
    return isConversation ? 2 : 1;
  };

  // Everywhere was listened and looked.
  const places = who === 'anonymous' ? ['R', 'P', 'T'] : ['R', 'H', 'L', 'P', 'T', 'D', 'N'];
  expect(found.map(({ letter }) => letter)).toEqual(expect.arrayContaining(places));
  expect(answers(({ times }) => times)).toEqual(answers(expected));
  // An edit comes wherever its post came, and to whom the post names.
  const told = found.filter(({ how, letter }) => how !== 'shown' && 'HLPTC'.includes(letter));
  const expectedEdits = told.map((one) => (one.letter === 'H' && letters.includes('N') ? 1 : expected(one)));
  expect(told.map(({ edits }) => edits)).toEqual(expectedEdits);
  if (!letters.includes('R')) expect(found.filter(({ edits }) => edits > 0)).toEqual([]);
  // A channel that may not be read is refused before anything could be heard of it.
  const channels = found.filter(({ where }) => where.includes(`native channel of ${homeOf(post)},`));
  if (letters.includes('C')) expect(channels).toHaveLength(2);
});

/** Whose channel a post of the table lives in. */
function homeOf(post: string): string {
  if (post.startsWith('asked')) return 'asked';
  return post in stage.channels ? post : 'author';
}

/** Every post of the table, in its order, and an edit of each. */
async function speak(): Promise<void> {
  for (const post of POSTS) {
    const author = post.startsWith('asked') ? stage.asked : stage.author;
    const names = ['named', 'kin', ...(post === 'letters' ? STRANGERS : []), ...(isGroup(post) ? [post] : [])];
    const status = `${post} #rose ${[...new Set(names)].map((name) => `@${name}`).join(' ')}`;
    const id = await say(author, status, visibilityOf(post));
    ids.set(post, id);
    await ask(stage.server, author.token, ['PUT', `/api/v1/statuses/${id}`, { status: `${status} indeed` }]);
  }
}

function isGroup(post: string): boolean {
  return post in stage.channels && post !== 'asked';
}

function visibilityOf(post: string): string {
  if (post.startsWith('letter')) return 'direct';
  if (post.endsWith('followers')) return 'private';
  return post === 'unlisted' ? post : 'public';
}

/** A post and a letter to all strangers. */
async function mark(): Promise<Marks> {
  const names = STRANGERS.map((name) => `@${name}`).join(' ');
  const letter = await say(stage.crier, `letter ${names}`, 'direct');
  return { letter, post: await say(stage.crier, 'mark #rose', 'public') };
}

async function say({ token }: Person, status: string, visibility: string): Promise<string> {
  const said = await ask(stage.server, token, ['POST', '/api/v1/statuses', { status, visibility }]);
  return (said as { id: string }).id;
}

/** Where the log ends. */
async function present(): Promise<string> {
  const stream = await eventStream(`${stage.server.url}/v1/events?topic=public`, stage.app, undefined, () => []);
  if (!stream) throw new Error('an application may not read what is public');
  await eventually('the position is told', () => stream.position !== undefined);
  await stream.close();
  return stream.position ?? '';
}

function frozen(one: Met): Met {
  const posts = [...one.posts()];
  return { ...one, posts: () => posts };
}

function countOf(id: string, posts: readonly string[]): number {
  return posts.filter((post) => post === id).length;
}
