import type { Event, Routing } from '@carillon/core';
import { tagOfTopic } from '../state/index.ts';
import type { AccountView, ListState } from './account-view.ts';
import type { FollowFacts } from './contract.ts';
import { isJudged, isParted } from './judged.ts';

/**
 * What reaches a home: own posts, posts and shares of followed channels, posts with followed tags, direct posts by
 * whom one follows, and edits of posts that name one; without what blocks, mutes, languages, replies to strangers,
 * hidden shares and exclusive lists keep away.
 */
export function acceptsHome(view: AccountView, event: Event): boolean {
  if (view.ended) return false;
  if (!isJudged(event)) return !isBarred(view, event);
  const { author, mentions = [] } = event.routing ?? {};
  if (author === undefined) return false;
  if (author === view.account) return true;
  if (isHidden(view, event)) return false;
  if (event.type === 'post.edited' && mentions.includes(view.account)) return true;
  const follow = followOf(view, event);
  if (!follow) return comesByTag(view, event);
  const isWanted =
    !isExclusivelyListed(view, event) &&
    followWants(follow, event) &&
    answersKnown(view, event.routing, (target) => view.followOf(target) !== undefined);
  return isWanted || comesByTag(view, event);
}

/** What reaches a list: posts and shares by its members, none of them direct, with replies as the list wants them. */
export function acceptsList(view: AccountView, list: number, event: Event): boolean {
  const facts = view.lists.get(list);
  if (view.ended || !facts) return false;
  if (!isJudged(event)) return true;
  const { author, visibility } = event.routing ?? {};
  if (author === undefined || visibility === 'direct' || !isMember(facts, event)) return false;
  if (author !== view.account && isHidden(view, event)) return false;
  const follow = followOf(view, event);
  if (follow && !followWants(follow, event)) return false;
  return answersKnown(view, event.routing, (target) => {
    if (facts.replies === 'none') return false;
    return facts.replies === 'list' ? facts.members.has(target) : view.followOf(target) !== undefined;
  });
}

/** What reaches those who read a channel, or their own account's topic, by name. */
export function acceptsChannel(view: AccountView, event: Event): boolean {
  if (view.ended) return false;
  if (!isJudged(event)) return !isBarred(view, event);
  return event.routing?.author === view.account || !isHidden(view, event);
}

/** What reaches public and hashtag streams. */
export function acceptsPublic(view: AccountView, event: Event): boolean {
  if (view.ended) return false;
  if (!isJudged(event)) return !isBarred(view, event);
  const { language, domain } = event.routing ?? {};
  if (isExcluded(view, event) || (domain !== undefined && view.domains.has(domain))) return false;
  const { chosenLanguages } = view;
  return !chosenLanguages || (language !== undefined && chosenLanguages.has(language));
}

/** One of the two has blocked the other since the viewer was told. */
function isBarred(view: AccountView, event: Event): boolean {
  const { author } = event.routing ?? {};
  if (!isParted(event) || author === undefined) return false;
  return view.blocked.has(author) || view.blockedBy.has(author);
}

/** Somebody who wrote it, is named in it or is passed on by it is blocked or muted, or the writer blocks the viewer. */
function isExcluded(view: AccountView, { routing: { author, sharedAuthor, mentions = [] } = {} }: Event): boolean {
  if (author !== undefined && view.excludes(author, mentions)) return true;
  return sharedAuthor !== undefined && view.excludes(sharedAuthor, []);
}

/** Beside exclusions: of blocked domains, the posts of followed accounts are still wanted, but no shares of others'. */
function isHidden(view: AccountView, event: Event): boolean {
  if (isExcluded(view, event)) return true;
  const domain = event.type === 'share.created' ? event.routing?.domain : undefined;
  return domain !== undefined && view.domains.has(domain);
}

/** The follow through which a post comes; a direct one comes through that of its author. */
function followOf(view: AccountView, { routing, position }: Event): FollowFacts | undefined {
  const { author = 0, channel = 0, visibility } = routing ?? {};
  const follow = visibility === 'direct' ? view.followOf(author) : view.follows.get(channel);
  return follow && follow.since < position ? follow : undefined;
}

function followWants({ languages, shares }: FollowFacts, { type, routing }: Event): boolean {
  if (type === 'share.created' && !shares) return false;
  const language = routing?.language;
  return !languages || language === undefined || languages.includes(language);
}

/** Whether it answers nobody, its own author, the viewer, or somebody whose conversations are wanted. */
function answersKnown(
  view: AccountView,
  { reply, replyTo, author }: Routing = {},
  isKnown: (account: number) => boolean,
): boolean {
  if (!reply || replyTo === author) return true;
  if (replyTo === undefined) return false;
  return replyTo === view.account || isKnown(replyTo);
}

function comesByTag(view: AccountView, { topics, type, routing, position }: Event): boolean {
  if (view.followedTags.size === 0 || type === 'share.created' || routing?.visibility !== 'public') return false;
  if (routing.domain !== undefined && view.domains.has(routing.domain)) return false;
  return topics.some((topic) => {
    const tag = tagOfTopic(topic);
    const since = tag === undefined ? undefined : view.followedTags.get(tag);
    return since !== undefined && since < position;
  });
}

function isExclusivelyListed(view: AccountView, event: Event): boolean {
  for (const list of view.lists.values()) if (list.exclusive && isMember(list, event)) return true;
  return false;
}

/** By a member, or in the channel of one. */
function isMember({ members, channels }: ListState, { routing, position }: Event): boolean {
  const member = members.get(routing?.author ?? 0) ?? channels.get(routing?.channel ?? 0);
  return member !== undefined && member.since < position;
}
