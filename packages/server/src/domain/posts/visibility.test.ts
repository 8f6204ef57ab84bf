import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accountPosts,
  answerFollow,
  block,
  createChannel,
  follow,
  mute,
  type PostView,
  postById,
  postContext,
  postHistory,
  postsByIds,
  publicTimeline,
  react,
  setAffiliation,
  suspendAccount,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

/** Every kind of somebody that a post may be read by; the author mutes a follower, and one mutes the author. */
const PEOPLE = [
  'author',
  'stranger',
  'follower',
  'pending',
  'outcast',
  'blocked',
  'muted',
  'muting',
  'named',
  'anonymous',
] as const;
type Person = (typeof PEOPLE)[number];

/** Who sees a post of each kind; the others do not. */
const KINDS = {
  public: PEOPLE.filter((person) => person !== 'blocked'),
  unlisted: PEOPLE.filter((person) => person !== 'blocked'),
  followers: ['author', 'follower', 'muted', 'named'],
  direct: ['author', 'named'],
  'in an open group': PEOPLE.filter((person) => person !== 'blocked'),
  'in a group that asks': ['author', 'follower'],
  'in a group for the invited': ['author', 'follower'],
} as const satisfies Record<string, readonly Person[]>;
type Kind = keyof typeof KINDS;

let domain: OpenDomain;
let ids: Record<Person, number>;
const shown = new Map<Kind, PostView>();

beforeAll(async () => {
  domain = await openDomain();
  const made = new Map<Person, number>();
  for (const person of PEOPLE) if (person !== 'anonymous') made.set(person, (await domain.account(person)).id);
  // One for each of them but the anonymous, who is never asked for.
  ids = Object.fromEntries(made) as Record<Person, number>;
  const { author } = ids;
  for (const person of ['follower', 'muted'] as const) await domain.run(follow, { actor: ids[person], target: author });
  await domain.run(block, { actor: author, target: ids.blocked, on: true });
  await domain.run(mute, { actor: author, target: ids.muted, on: true });
  await domain.run(mute, { actor: ids.muting, target: author, on: true });
  await domain.run(follow, { actor: ids.outcast, target: author });
  const own = (await domain.post(author, 'warm-up')).post.channel.id;
  await domain.run(setAffiliation, { actor: author, target: ids.outcast, channel: own, affiliation: 'outcast' });
  for (const visibility of ['public', 'unlisted', 'followers', 'direct'] as const) {
    shown.set(visibility, await domain.post(author, visibility, { visibility, mentions: [ids.named] }));
  }
  await group('in an open group', 'open');
  await group('in a group that asks', 'authorize');
  await group('in a group for the invited', 'whitelist');
}, 60_000);
afterAll(() => domain[Symbol.asyncDispose]());

/** A post in a group channel of the author's, with a follower, a cast-out, and somebody who asked where one may. */
async function group(kind: Kind, access: 'open' | 'authorize' | 'whitelist'): Promise<void> {
  const { author, follower, pending, outcast } = ids;
  const channel = await domain.run(createChannel, {
    actor: author,
    slug: `group_${access}`,
    title: kind,
    description: '',
    access,
    defaultAffiliation: 'member',
  });
  const invite = { actor: author, channel: channel.id };
  if (access === 'whitelist') await domain.run(setAffiliation, { ...invite, target: follower, affiliation: 'member' });
  await domain.run(follow, { actor: follower, target: channel.id });
  if (access === 'authorize') {
    await domain.run(answerFollow, { actor: author, target: follower, channel: channel.id, accept: true });
    await domain.run(follow, { actor: pending, target: channel.id });
  }
  await domain.run(setAffiliation, { ...invite, target: outcast, affiliation: 'outcast' });
  shown.set(kind, await domain.post(author, kind, { channel: channel.id, mentions: [ids.named] }));
}

// Entries lose the types of their keys.
const CASES = Object.entries(KINDS).flatMap(([kind, seers]) =>
  PEOPLE.map((person) => [kind as Kind, person, (seers as readonly Person[]).includes(person)] as const),
);

it.for(CASES)('a post %s, for %s: seen is %s, by every query alike', async ([kind, person, seen]) => {
  const post = shown.get(kind)?.post;
  if (!post) throw new Error(`there is no post ${kind}`);
  const viewer = person === 'anonymous' ? null : ids[person];
  const of = { viewer, id: post.id };
  const page = { limit: 40 };
  const has = (views: readonly PostView[] | undefined) => views?.some((view) => view.post.id === post.id) ?? false;

  const answers = {
    byId: (await domain.ask(postById, of)) !== undefined,
    byIds: has(await domain.ask(postsByIds, { viewer, ids: [post.id] })),
    context: (await domain.ask(postContext, of)) !== undefined,
    history: (await domain.ask(postHistory, of)) !== undefined,
    ofAuthor: has(await domain.ask(accountPosts, { viewer, account: ids.author, page })),
    favourite:
      viewer === null
        ? seen
        : await domain.run(react, { actor: viewer, id: post.id, emoji: '⭐', on: true }).then(
            () => true,
            ({ code }) => code !== 'not-found',
          ),
  };

  expect(answers).toEqual({ byId: seen, byIds: seen, context: seen, history: seen, ofAuthor: seen, favourite: seen });
  const isPublic = kind === 'public' || kind === 'in an open group';
  expect(has(await domain.ask(publicTimeline, { viewer, page }))).toBe(seen && isPublic && person !== 'muting');
});

it('a closed group shows its posts to followers alone, whatever was asked for', () => {
  expect(shown.get('in a group that asks')?.post.visibility).toBe('followers');
  expect(shown.get('in a group for the invited')?.post.visibility).toBe('followers');
});

it('a suspended author’s posts are seen by nobody', async () => {
  const gone = await domain.account('gone');
  const { post } = await domain.post(gone.id, 'gone');
  await domain.run(suspendAccount, {
    input: { account: gone.id },
    entry: { actor: 'test', action: 'people.suspend', target: 'gone' },
  });

  expect(await domain.ask(postById, { viewer: ids.stranger, id: post.id })).toBeUndefined();
  expect(await domain.ask(postById, { viewer: null, id: post.id })).toBeUndefined();
});
