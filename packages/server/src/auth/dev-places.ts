import {
  type AccountSnapshot,
  accountByAcct,
  accountsByAccts,
  answerFollow,
  createChannel,
  createPost,
  follow,
  type NewChannel,
  type NewPost,
  readBody,
  renderBody,
  setAffiliation,
} from '../domain/index.ts';
import type { Commands } from '../state/index.ts';

export interface DevPlacesDeps {
  readonly commands: Commands;
  readonly domain: string;
  /** By which links in posts begin; no slash at its end. */
  readonly baseUrl: string;
}

/** Juliet's; what they are for is how they let people in. */
const CHANNELS: readonly Omit<NewChannel, 'actor'>[] = [
  {
    slug: 'verona',
    title: 'Verona',
    description: 'Talk of the town. Anybody may follow and post.',
    access: 'open',
    defaultAffiliation: 'publisher',
  },
  {
    slug: 'capulets',
    title: 'House of Capulet',
    description: 'For the family. Juliet answers who asks.',
    access: 'authorize',
    defaultAffiliation: 'member',
  },
  {
    slug: 'balcony',
    title: 'The balcony',
    description: 'For those who are invited.',
    access: 'whitelist',
    defaultAffiliation: 'member',
  },
];

const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  juliet: ['romeo', 'nurse'],
  romeo: ['juliet', 'mercutio', 'verona', 'balcony'],
  mercutio: ['romeo', 'verona'],
  nurse: ['juliet', 'verona', 'capulets'],
};

interface SeedPost {
  readonly visibility: NewPost['visibility'];
  readonly text: string;
}

const POSTS: Readonly<Record<string, readonly SeedPost[]>> = {
  juliet: [
    { visibility: 'public', text: 'Good morrow, #Verona.' },
    { visibility: 'unlisted', text: 'The night is long, and the #orchard walls are high.' },
    { visibility: 'followers', text: '@balcony Speak softly here.' },
  ],
  romeo: [
    { visibility: 'public', text: '@verona Does anybody know who lives behind the #orchard?' },
    { visibility: 'direct', text: '@juliet Art thou awake?' },
  ],
  mercutio: [{ visibility: 'public', text: '@verona Romeo! Humours! Madman! Where does he hide? #Verona' }],
  nurse: [{ visibility: 'public', text: '@verona I am aweary, give me leave a while.' }],
};

type Found = Map<string, AccountSnapshot>;

/** Group channels, follows and posts of a development server's people; what is there already is left as it is. */
export async function seedDevPlaces(deps: DevPlacesDeps): Promise<void> {
  const names = Object.keys(FOLLOWS);
  const people = await findAll(deps, names);
  // With somebody suspended or deleted it is no longer the community that was made.
  if (names.some((name) => people.get(name)?.suspended !== false)) return;
  const owner = required(people, 'juliet').id;
  for (const channel of CHANNELS) {
    const { rows: known } = await deps.commands.query(accountByAcct, { acct: channel.slug });
    if (!known) await deps.commands.run(createChannel, { ...channel, actor: owner });
  }
  const everybody = await findAll(deps, [...names, ...CHANNELS.map(({ slug }) => slug)]);
  for (const name of names) await seedFollows(deps, everybody, name);
  for (const name of names) await seedPosts(deps, everybody, name);
}

async function seedFollows({ commands }: DevPlacesDeps, everybody: Found, name: string): Promise<void> {
  const { id, followingCount } = required(everybody, name);
  // Only of somebody who follows nobody: what a developer undid stays undone.
  if (followingCount > 0) return;
  const owner = required(everybody, 'juliet').id;
  for (const followed of FOLLOWS[name] ?? []) {
    const target = required(everybody, followed);
    const access = CHANNELS.find(({ slug }) => slug === followed)?.access;
    if (access === 'whitelist') {
      const affiliation = 'publisher' as const;
      await commands.run(setAffiliation, { actor: owner, target: id, channel: target.id, affiliation });
    }
    await commands.run(follow, { actor: id, target: target.id });
    if (access === 'authorize') {
      await commands.run(answerFollow, { actor: owner, target: id, channel: target.id, accept: true });
    }
  }
}

async function seedPosts(deps: DevPlacesDeps, everybody: Found, name: string): Promise<void> {
  const { commands, domain, baseUrl } = deps;
  const { id, postsCount } = required(everybody, name);
  if (postsCount > 0) return;
  for (const { visibility, text } of POSTS[name] ?? []) {
    const source = { format: 'plain', text } as const;
    const { accts } = readBody(source, { domain });
    const mentions = accts.length > 0 ? await findAll(deps, accts) : new Map();
    const body = {
      source,
      ...renderBody(source, { mentions, baseUrl, domain }),
      language: 'en',
      sensitive: false,
      warning: '',
      media: [],
    };
    await commands.run(createPost, { actor: id, visibility, body });
  }
}

async function findAll({ commands }: DevPlacesDeps, accts: readonly string[]): Promise<Found> {
  const { rows } = await commands.query(accountsByAccts, { accts });
  return new Map(rows.map((found) => [found.acct, found]));
}

function required(found: Found, name: string): AccountSnapshot {
  const account = found.get(name);
  if (account) return account;
  throw new Error(`the development community lacks ${name}`);
}
