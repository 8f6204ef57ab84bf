import type { StreamName } from './heard.ts';
import { type Actor, adminCall } from './people.ts';
import type { Post, World } from './world.ts';

export interface Cast {
  readonly url: string;
  readonly adminToken: string;
  readonly world: World;
  /** Whose streams are heard; follows `actor`, who is on its list. */
  readonly reader: Actor;
  readonly actor: Actor;
  readonly stranger: Actor;
  readonly asker: Actor;
  readonly list: string;
  readonly tag: string;
}

/** Where a public post of the actor is heard. */
const HOME: readonly StreamName[] = ['user', 'list'];
const EVERYWHERE: readonly StreamName[] = [...HOME, 'public', 'hashtag'];
const PIXEL = Buffer.from('R0lGODlhAgABAIAAAP8AAAAA/ywAAAAAAgABAAACAkQKADs=', 'base64');

interface Wish {
  readonly visibility?: Post['visibility'];
  readonly replyTo?: Post;
  readonly mentions?: readonly Actor[];
  readonly tags?: readonly string[];
  readonly media?: readonly string[];
  readonly filtered?: readonly string[];
  readonly warning?: string;
  readonly language?: string;
}

/** Posts with masto; what the text names is said beside it, for the model. */
export async function post(author: Actor, text: string, wish: Wish = {}): Promise<Post> {
  const { visibility = 'public', replyTo = null, mentions = [], tags = [], media = [], filtered = [] } = wish;
  const { warning = '', language = 'en' } = wish;
  const named = [...mentions.map(({ name }) => `@${name}`), text, ...tags.map((tag) => `#${tag}`)].join(' ');
  const { id } = await author.rest.v1.statuses.create({
    status: named,
    visibility,
    language,
    spoilerText: warning,
    ...(replyTo ? { inReplyToId: replyTo.id } : {}),
    ...(media.length > 0 ? { mediaIds: media } : {}),
  });
  if (visibility !== 'direct') author.posts += 1;
  if (replyTo && (visibility === 'public' || visibility === 'unlisted')) replyTo.replies += 1;
  const nobody = { favouritedBy: new Set<Actor>(), sharedBy: new Set<Actor>(), bookmarkedBy: new Set<Actor>() };
  const none = { ...nobody, replies: 0, edited: false, warning, language };
  return { ...none, id, author, text, visibility, replyTo, mentions, tags, images: media.length, filtered };
}

export async function follow(who: Actor, whom: Actor): Promise<void> {
  await who.rest.v1.accounts.$select(whom.id).follow();
  if (whom.locked) return;
  who.following += 1;
  whom.followers += 1;
}

/** Everything that an account can do to another's streams, one after the other; `world` is told what must be heard. */
export async function play(cast: Cast, own: Post): Promise<void> {
  const answered = await writeAndChange(cast, own);
  await reactAndShare(cast, own);
  await followAndAsk(cast, own);
  await speakInSecret(cast);
  await filterWords(cast);
  await announce(cast);
  await takeBack(cast, own, answered);
  await leaveAndReturn(cast);
}

/** A post of the actor's, with the reader's share of it. */
interface Answered {
  readonly first: Post;
  readonly ownShare: string;
}

async function writeAndChange({ world, actor, reader, stranger, tag }: Cast, own: Post): Promise<Answered> {
  const first = await post(actor, 'Good morrow', { tags: [tag] });
  world.hearsPost(EVERYWHERE, 'update', first);
  await reader.rest.v1.statuses.$select(first.id).favourite();
  first.favouritedBy.add(reader);
  await reader.rest.v1.statuses.$select(first.id).bookmark();
  first.bookmarkedBy.add(reader);
  const ownShare = await reader.rest.v1.statuses.$select(first.id).reblog();
  first.sharedBy.add(reader);
  reader.posts += 1;
  world.hearsShare(['user'], ownShare.id, reader, first);
  await actor.rest.v1.statuses.$select(first.id).update({ status: `Good evening #${tag}`, language: 'en' });
  Object.assign(first, { text: 'Good evening', edited: true });
  world.hearsPost(EVERYWHERE, 'status.update', first);
  // The reader reacted to it.
  world.hearsNotice('update', actor, first);

  const reply = await post(actor, 'Well said', { replyTo: own, mentions: [reader] });
  world.hearsPost(HOME, 'update', reply);
  world.hearsNotice('mention', actor, reply);

  world.hearsPost(
    HOME,
    'update',
    await post(actor, 'Not for every ear', { visibility: 'unlisted', warning: 'gossip' }),
  );
  world.hearsPost(HOME, 'update', await post(actor, 'For my followers', { visibility: 'private' }));
  world.hearsPost(
    ['public', 'hashtag'],
    'update',
    await post(stranger, 'Who is there?', { tags: [tag], language: 'it' }),
  );
  const media = await actor.rest.v2.media.create({ file: new Blob([PIXEL]), description: 'two pixels' });
  const picture = await post(actor, 'Look', { media: [media.id] });
  world.hearsPost([...HOME, 'public'], 'update', picture);
  return { first, ownShare: ownShare.id };
}

async function reactAndShare({ world, actor, stranger }: Cast, own: Post): Promise<void> {
  await actor.rest.v1.statuses.$select(own.id).favourite();
  own.favouritedBy.add(actor);
  world.hearsNotice('favourite', actor, own);
  await stranger.rest.v1.statuses.$select(own.id).favourite();
  own.favouritedBy.add(stranger);
  world.hearsNotice('favourite', stranger, own);
}

async function followAndAsk({ world, reader, stranger, asker }: Cast, own: Post): Promise<void> {
  await follow(stranger, reader);
  world.hearsNotice('follow', stranger);
  await reader.rest.v1.accounts.updateCredentials({ locked: true });
  reader.locked = true;
  await follow(asker, reader);
  world.hearsNotice('follow_request', asker);
  await reader.rest.v1.followRequests.$select(asker.id).authorize();
  asker.following += 1;
  reader.followers += 1;
  world.hearsNotice('follow', asker);
  await asker.rest.v1.statuses.$select(own.id).favourite();
  own.favouritedBy.add(asker);
  world.hearsNotice('favourite', asker, own);
}

async function speakInSecret({ world, actor, reader }: Cast): Promise<void> {
  const secret = await post(actor, 'Meet me at nine', { visibility: 'direct', mentions: [reader] });
  world.hearsPost(['user'], 'update', secret);
  world.hearsNotice('mention', actor, secret);
  world.hearsConversation(secret);
}

async function filterWords({ world, reader, actor }: Cast): Promise<void> {
  const { id } = await reader.rest.v2.filters.create({
    title: 'grief',
    context: ['home', 'public', 'notifications'],
    filterAction: 'warn',
    keywordsAttributes: [{ keyword: 'poison', wholeWord: true }],
  });
  world.hears(['user'], 'filters_changed', () => undefined);
  const grim = await post(actor, 'A dram of poison', { filtered: ['poison'] });
  world.hearsPost([...HOME, 'public'], 'update', grim);
  await reader.rest.v2.filters.$select(id).remove();
  world.hears(['user'], 'filters_changed', () => undefined);
}

async function announce({ url, adminToken, world }: Cast): Promise<void> {
  const { id } = await adminCall(url, adminToken, 'POST', '/admin/announcements', { text: 'A feast tonight' });
  const content = '<p>A feast tonight</p>';
  world.hears(['user'], 'announcement', () => ({ id: String(id), content, starts_at: null, ends_at: null }));
  await adminCall(url, adminToken, 'DELETE', `/admin/announcements/${String(id)}`);
  world.hears(['user'], 'announcement.delete', () => String(id));
}

async function takeBack({ world, actor, reader }: Cast, own: Post, { first, ownShare }: Answered): Promise<void> {
  const share = await actor.rest.v1.statuses.$select(own.id).reblog();
  own.sharedBy.add(actor);
  actor.posts += 1;
  world.hearsShare(HOME, share.id, actor, own);
  world.hearsNotice('reblog', actor, own);
  await actor.rest.v1.statuses.$select(own.id).unfavourite();
  own.favouritedBy.delete(actor);
  await actor.rest.v1.statuses.$select(own.id).unreblog();
  own.sharedBy.delete(actor);
  actor.posts -= 1;
  world.hearsDelete(HOME, share.id);
  await actor.rest.v1.statuses.$select(first.id).remove();
  actor.posts -= 1;
  // Its shares go with it.
  reader.posts -= 1;
  world.hearsDelete(['user'], ownShare);
  world.hearsDelete(EVERYWHERE, first.id);
}

async function leaveAndReturn({ world, reader, actor, list, tag }: Cast): Promise<void> {
  await reader.rest.v1.accounts.$select(actor.id).unfollow();
  reader.following -= 1;
  actor.followers -= 1;
  world.hearsPost(['public'], 'update', await post(actor, 'She is gone'));
  await follow(reader, actor);
  await reader.rest.v1.lists.$select(list).accounts.create({ accountIds: [actor.id] });
  // The last that each stream hears.
  const secret = await post(actor, 'Until we meet', { visibility: 'direct', mentions: [reader] });
  world.hearsPost(['user'], 'update', secret);
  world.hearsNotice('mention', actor, secret);
  world.hearsConversation(secret);
  world.hearsPost(EVERYWHERE, 'update', await post(actor, 'Good night', { tags: [tag] }));
}
