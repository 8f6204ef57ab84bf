import { CarillonError } from '@carillon/core';
import {
  type AccountSnapshot,
  type ChannelRow,
  type CommandContext,
  channels,
  type Database,
  follows,
  type PostRow,
  statement,
  type Visibility,
} from '../../state/index.ts';
import { requireChannel } from '../community/parties.ts';

/** Where a new post lives, and who may see it there. */
export interface Place {
  readonly channel: ChannelRow;
  readonly visibility: Visibility;
  /** Participants of a direct channel that this post begins; they are members from its event on. */
  readonly newMembers: readonly NewMember[];
}

/** Its membership has an id from before the first post, which is news to it. */
export interface NewMember {
  readonly account: number;
  readonly id: number;
}

export interface PlaceWish {
  readonly author: { readonly id: number; readonly channel: number };
  readonly visibility: Visibility;
  readonly channel: number | undefined;
  readonly mentions: readonly AccountSnapshot[];
  readonly parent: PostRow | undefined;
}

/** A direct post is told on one topic for each participant. */
const MAX_PARTICIPANTS = 64;

const byParticipants = statement<{ participants: string }>((db, { participants }) =>
  db.selectFrom('channels').selectAll().where('participants', '=', participants),
);

/**
 * Direct posts live in the channel of exactly their participants, which the first of them makes; others in the channel
 * that is asked for, or the group channel that is named or answered in, if the author may post there; all else in the
 * author's own.
 */
export async function findPlace(context: CommandContext, wish: PlaceWish): Promise<Place> {
  const { db } = context;
  if (wish.visibility === 'direct') return directPlace(context, wish);
  if (wish.channel !== undefined && wish.channel !== wish.author.channel) {
    const channel = await requireChannel(db, wish.channel);
    if (!(await mayPost(db, wish.author.id, channel))) {
      throw new CarillonError('forbidden', `this account may not post in channel ${wish.channel}`);
    }
    return groupPlace(channel, wish.visibility);
  }
  if (wish.channel !== undefined)
    return { channel: await requireChannel(db, wish.channel), visibility: wish.visibility, newMembers: [] };
  const named = wish.mentions.filter(({ kind }) => kind === 'group').map(({ id }) => id);
  const answered = wish.parent ? [wish.parent.channel] : [];
  for (const id of [...named, ...answered]) {
    const channel = await requireChannel(db, id);
    if (await mayPost(db, wish.author.id, channel)) return groupPlace(channel, wish.visibility);
  }
  return { channel: await requireChannel(db, wish.author.channel), visibility: wish.visibility, newMembers: [] };
}

/** A closed group channel shows its posts to its followers alone. */
function groupPlace(channel: ChannelRow, visibility: Visibility): Place {
  return { channel, visibility: channel.access === 'open' ? visibility : 'followers', newMembers: [] };
}

/** In a group channel: its staff and publishers, and every follower where new followers are made publishers. */
export async function mayPost(db: Database, account: number, channel: ChannelRow): Promise<boolean> {
  if (channel.kind !== 'group') return false;
  const follow = await follows.get(db, { channel: channel.id, account });
  switch (follow?.affiliation) {
    case 'owner':
    case 'moderator':
    case 'publisher':
      return follow.state === 'subscribed' || follow.state === 'none';
    case 'member':
    case 'none':
      return follow.state === 'subscribed' && channel.default_affiliation === 'publisher';
    case 'outcast':
    case undefined:
      return false;
  }
}

async function directPlace(context: CommandContext, { author, mentions }: PlaceWish): Promise<Place> {
  const people = mentions.filter(({ kind }) => kind !== 'group').map(({ id }) => id);
  const members = [...new Set([author.id, ...people])].sort((a, b) => a - b);
  if (members.length > MAX_PARTICIPANTS) {
    throw new CarillonError('too-large', `a direct post has at most ${MAX_PARTICIPANTS} participants`, {
      facts: { limit: MAX_PARTICIPANTS },
    });
  }
  const participants = members.join(',');
  const [known] = await channels.find(context.db, byParticipants, { participants });
  if (known) return { channel: known, visibility: 'direct', newMembers: [] };
  const channel: ChannelRow = {
    id: context.nextId(),
    kind: 'direct',
    slug: null,
    title: '',
    description: '',
    access: 'whitelist',
    default_affiliation: 'publisher',
    owner: author.id,
    participants,
    followers_count: members.length,
    posts_count: 0,
    last_post_at: null,
    created_at: context.now,
  };
  await channels.insert(context.db, channel);
  const newMembers = members.map((account) => ({ account, id: context.nextId() }));
  return { channel, visibility: 'direct', newMembers };
}

/** Participants of a direct channel follow it from the event of its first post on. */
export async function enrol(context: CommandContext, channel: number, members: readonly NewMember[], since: number) {
  for (const { account, id } of members) {
    await follows.insert(context.db, {
      channel,
      account,
      state: 'subscribed',
      affiliation: 'publisher',
      since_position: since,
      id,
      shares: 1,
      notify: 0,
      languages: null,
      created_at: context.now,
    });
  }
}
