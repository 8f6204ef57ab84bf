import {
  computed,
  type Database,
  firstIdOf,
  foldTopic,
  type Message,
  numbersOf,
  statement,
} from '../../state/index.ts';
import { loadChannels } from '../community/load-accounts.ts';
import { participantsOf } from '../notices/conversations.ts';
import { type UnreadView, unreadOf } from './reading-messages.ts';
import { unreadBetween } from './unread-rows.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** Older ones are left out. */
const MOST = 50_000;
const DAY_MS = 86_400_000;
/** How much further back each look goes, so that whoever has read nothing for years is answered from the newest. */
const REACH = 4;

const mentionsOf = statement<{ viewer: number; from: number }>((db, { viewer, from }) =>
  db.selectFrom('post_mentions').select('post as n').where('account', '=', viewer).where('post', '>=', from),
);

interface Unread {
  readonly id: number;
  readonly channel: number;
  readonly topic: string;
}

export const unreadQueries = {
  [unreadOf.name]: async (db: Database, { viewer, limit = MOST }: Input<typeof unreadOf>): Promise<UnreadView> => {
    const most = Math.min(limit, MOST);
    const found = await find(db, viewer, most + 1);
    const kept = found.slice(0, most).toReversed();
    const byChannel = Map.groupBy(kept, ({ channel }) => channel);
    const places = await loadChannels(db, [...byChannel.keys()]);
    const channels: UnreadView['channels'][number][] = [];
    const directs: UnreadView['directs'][number][] = [];
    const inChannels = new Set<number>();
    for (const [channel, rows] of byChannel) {
      const place = places.get(channel);
      if (place?.kind === 'direct') {
        directs.push({ channel, participants: participantsOf(place), posts: rows.map(({ id }) => id) });
        continue;
      }
      for (const of of Map.groupBy(rows, ({ topic }) => foldTopic(topic)).values()) {
        channels.push({ channel, topic: of.at(-1)?.topic ?? '', posts: of.map(({ id }) => id) });
      }
      for (const { id } of rows) inChannels.add(id);
    }
    const named = await numbersOf(db, mentionsOf, { viewer, from: kept[0]?.id ?? Number.MAX_SAFE_INTEGER });
    const mentions = named.filter((id) => inChannels.has(id));
    return { channels, directs, mentions, count: kept.length, isWhole: found.length <= most };
  },
};

/** Newest first. */
async function find(db: Database, viewer: number, limit: number): Promise<readonly Unread[]> {
  const now = Date.now();
  const found: Unread[] = [];
  let below = Number.MAX_SAFE_INTEGER;
  for (let ageMs = DAY_MS; below > 1 && found.length < limit; ageMs *= REACH) {
    const above = firstIdOf(now - ageMs);
    const rows = await computed(db, unreadBetween, { viewer, now, above, below, limit: limit - found.length });
    for (const { id, channel, topic } of rows) {
      found.push({ id: Number(id), channel: Number(channel), topic: String(topic) });
    }
    below = above + 1;
  }
  return found;
}
