import type { NewEvent, Routing } from '@carillon/core';
import {
  type AccountSnapshot,
  accountTopic,
  channels,
  channelTopic,
  type Database,
  localHashtagTopic,
  type PostEditRow,
  type PostRow,
  type PostSnapshot,
  postEdits,
  postTopics,
  statement,
} from '../../state/index.ts';
import { normalizeTag } from '../body/tags.ts';
import { loadAccounts } from '../community/load-accounts.ts';
import { loadMentions } from '../community/load-posts.ts';
import { participantsOf } from '../notices/conversations.ts';
import { findMoves } from './moves.ts';

/** What every event about a post says of it beside its data. */
export type Reach = Required<Pick<NewEvent, 'topics' | 'actor' | 'routing' | 'subjects'>>;

/** The log's bounds on one event. */
const MAX_TOPICS = 64;
const MAX_MENTIONS = 100;
const MAX_TOPIC_BYTES = 200;

const editsOf = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('post_edits').selectAll().where('post', '=', post).orderBy('number'),
);

/** What the post was before each edit, oldest first. */
export function findEdits(db: Database, post: number): Promise<readonly PostEditRow[]> {
  return postEdits.find(db, editsOf, { post });
}

/** What is told of a post. That it is gone shows nothing of it: all may hear it who may have heard of the post. */
export type News = 'created' | 'edited' | 'deleted';

/**
 * Where news of a stored post is heard: by everybody who may have heard of one of its versions, and, once it is there,
 * by whoever it names: they may know it from a notification alone. Only who may see it now is shown it. `post` is what
 * it is now, when that was loaded already.
 */
export async function reachOf(db: Database, stored: PostRow, news: News, post?: PostSnapshot): Promise<Reach> {
  // A group may have closed since the post was public in it.
  const isClosed = news === 'edited' && (await isInClosedGroup(db, stored));
  const row: PostRow = isClosed ? { ...stored, visibility: 'followers' } : stored;
  const versions = [row, ...(row.edited_at === null ? [] : await findEdits(db, row.id))];
  const { author, mentions } = post ?? (await partiesOf(db, row));
  const domain = author?.domain ?? null;
  const topics = postTopics({
    visibility: row.visibility,
    channel: row.channel,
    participants: row.visibility === 'direct' ? await membersOf(db, row) : [],
    tags: [...new Set(versions.flatMap(({ tags }) => tagsOf(tags)))].filter(isStreamed),
    local: domain === null,
    media: versions.some(({ media }) => media !== '[]'),
    replyToOther: isReplyToOther(row),
  });
  if (news === 'deleted') topics.push(...(await earlierChannels(db, row)).map(channelTopic));
  if (news === 'deleted' || (news === 'edited' && row.visibility !== 'direct' && !isClosed)) {
    const told = mentions.filter((one) => one.kind !== 'group' && one.domain === null);
    topics.push(...told.map(({ id }) => accountTopic(id)));
  }
  const ids = mentions.map(({ id }) => id).slice(0, MAX_MENTIONS);
  return {
    topics: [...new Set(topics)].slice(0, MAX_TOPICS),
    actor: String(row.author),
    routing: { ...routingOf(row, domain), ...(ids.length > 0 ? { mentions: ids } : {}) },
    subjects: subjectsOf(row),
  };
}

/** Where it lived before: who read it there may still show it. */
async function earlierChannels(db: Database, { id, visibility }: PostRow): Promise<readonly number[]> {
  return visibility === 'direct' ? [] : (await findMoves(db, id)).map((row) => row.from_channel);
}

async function isInClosedGroup(db: Database, row: PostRow): Promise<boolean> {
  const channel = await channels.get(db, { id: row.channel });
  return channel?.kind === 'group' && channel.access !== 'open';
}

type Party = Pick<AccountSnapshot, 'id' | 'kind' | 'domain'>;

async function partiesOf(
  db: Database,
  { id, author }: PostRow,
): Promise<{ readonly author: Party | undefined; readonly mentions: readonly Party[] }> {
  const mentions = (await loadMentions(db, [id])).get(id) ?? [];
  const people = await loadAccounts(db, [author, ...mentions]);
  return { author: people.get(author), mentions: mentions.flatMap((one) => people.get(one) ?? []) };
}

/** A share is heard of by the followers of whoever shares. Its domain is that of the shared post's author. */
export async function reachOfShare(db: Database, share: PostRow, shared: PostRow): Promise<Reach> {
  const mentions = (await loadMentions(db, [shared.id])).get(shared.id) ?? [];
  const people = await loadAccounts(db, [share.author, shared.author]);
  const local = (people.get(share.author)?.domain ?? null) === null;
  return {
    topics: [channelTopic(share.channel)],
    actor: String(share.author),
    routing: {
      ...routingOf(share, people.get(shared.author)?.domain ?? null),
      local,
      sharedAuthor: shared.author,
      ...(shared.media === '[]' ? {} : { media: true }),
      ...(mentions.length > 0 ? { mentions: mentions.slice(0, MAX_MENTIONS) } : {}),
    },
    subjects: [...subjectsOf(share), `post:${shared.id}`, `account:${shared.author}`],
  };
}

/** What is left to say of a share that is gone; what it passed on may be gone, too. */
export function reachOfUnshare({ id, author, channel, visibility }: PostRow): Omit<Reach, 'subjects'> {
  return {
    topics: [channelTopic(channel)],
    actor: String(author),
    routing: { author, channel, object: id, visibility },
  };
}

/** Participants of the direct channel that a post lives in; none for others. */
export async function membersOf(db: Database, row: Pick<PostRow, 'channel'>): Promise<readonly number[]> {
  const channel = await channels.get(db, { id: row.channel });
  return channel ? participantsOf(channel) : [];
}

/** Normalised, each once. */
export function tagsOf(json: string): readonly string[] {
  const written: readonly string[] = JSON.parse(json);
  return [...new Set(written.map(normalizeTag))].filter((tag) => tag !== '');
}

/** A reply to oneself goes on with what one said. */
export function isReplyToOther({ reply_to_account, author }: PostRow): boolean {
  return reply_to_account !== null && reply_to_account !== author;
}

function routingOf(row: PostRow, domain: string | null): Routing {
  return {
    author: row.author,
    channel: row.channel,
    object: row.id,
    visibility: row.visibility,
    local: domain === null,
    ...(domain === null ? {} : { domain }),
    ...(row.language === null ? {} : { language: row.language }),
    ...(row.reply_to_account === null ? {} : { reply: true, replyTo: row.reply_to_account }),
    ...(row.media === '[]' ? {} : { media: true }),
  };
}

function subjectsOf(row: PostRow): readonly string[] {
  return [`post:${row.id}`, `account:${row.author}`];
}

/** Longer tags are listed and found, but have no topic. */
function isStreamed(tag: string): boolean {
  return localHashtagTopic(tag).length <= MAX_TOPIC_BYTES;
}
