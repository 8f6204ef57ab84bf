import type { Event, Position } from '@carillon/core';
import {
  type CommunityEvents,
  channelTopic,
  type FollowStart,
  hashtagTopic,
  type ListChange,
  type RelationshipChange,
  readEvent,
} from '../state/index.ts';
import { type AccountView, ListState } from './account-view.ts';
import type { ViewChange } from './contract.ts';

/** What an event does to one view; tells the memberships that it began or ended. */
type Fold<Type extends keyof CommunityEvents> = (
  view: AccountView,
  data: CommunityEvents[Type],
  position: Position,
) => ViewChange | undefined;

const FOLDS: { readonly [Type in keyof CommunityEvents]?: Fold<Type> } = {
  'follow.started': startFollow,
  'follow.ended': (view, data) => endFollow(view, data),
  'follow.denied': (view, data) => endFollow(view, data),
  'affiliation.changed': (view, { account, channel, affiliation }) => {
    const follow = view.follows.get(channel);
    if (account === view.account && follow) view.follow(channel, { ...follow, affiliation });
    return undefined;
  },
  'tag.followed': (view, { account, tag }, since) => {
    if (account !== view.account) return undefined;
    view.followedTags.set(tag, since);
    return { added: [{ topic: hashtagTopic(tag), since }], removed: [] };
  },
  'tag.unfollowed': (view, { account, tag }) => {
    if (account !== view.account || !view.followedTags.delete(tag)) return undefined;
    return { added: [], removed: [hashtagTopic(tag)] };
  },
  'relationship.changed': (view, data) => changeRelationship(view, data),
  'list.changed': changeList,
  'settings.updated': (view, { account, chosenLanguages }) => {
    if (account === view.account) view.chooseLanguages(chosenLanguages);
    return undefined;
  },
  'alert-words.changed': (view, { account, words }) => {
    if (account === view.account) view.useAlertWords(words);
    return undefined;
  },
  'account.suspended': end,
  'account.deactivated': end,
  'account.restored': (view, { account }) => {
    if (account !== view.account || !view.ended) return undefined;
    view.ended = false;
    view.indexes.exclusions.endedChanged(view);
    return { added: view.homeTopics(), removed: [] };
  },
};

/** Whether such events change views; those of other types need not be looked at. */
export function isFolded(type: string): boolean {
  return Object.hasOwn(FOLDS, type) || type === 'filters.changed';
}

/** Brings a view up to an event; not for one whose data was erased. */
export function fold(view: AccountView, event: Event): ViewChange | undefined {
  // For any other type the table has nothing.
  return foldAs(view, event, event.type as keyof CommunityEvents);
}

function foldAs<Type extends keyof CommunityEvents>(
  view: AccountView,
  event: Event,
  type: Type,
): ViewChange | undefined {
  const apply = FOLDS[type];
  const data = apply && readEvent(event, type);
  return data && apply(view, data, event.position);
}

function startFollow(view: AccountView, data: FollowStart, position: Position): ViewChange | undefined {
  const { account, channel, affiliation, shares, languages, followed = null, since } = data;
  if (account !== view.account) return undefined;
  const began = since ?? position;
  view.follow(channel, { since: began, affiliation, shares, languages, followed });
  return since === undefined ? { added: [{ topic: channelTopic(channel), since: began }], removed: [] } : undefined;
}

function endFollow(
  view: AccountView,
  { account, channel }: { readonly account: number; readonly channel: number },
): ViewChange | undefined {
  if (account !== view.account || !view.unfollow(channel)) return undefined;
  return { added: [], removed: [channelTopic(channel)] };
}

function changeRelationship(view: AccountView, change: RelationshipChange): undefined {
  const { account, target, kind, on } = change;
  const { exclusions } = view.indexes;
  if (kind === 'block' && target === view.account) {
    toggle(view.blockedBy, account, on);
    exclusions.blockerChanged(view, account);
  }
  if (account !== view.account) return;
  if (typeof target === 'string') {
    toggle(view.domains, target, on);
    exclusions.domainChanged(view, target);
  } else if (kind === 'thread-mute') {
    toggle(view.threads, target, on);
  } else {
    if (kind === 'block') toggle(view.blocked, target, on);
    else if (on) view.muted.set(target, change.expiresAt ?? null);
    else view.muted.delete(target);
    exclusions.targetChanged(view, target);
  }
}

/** A change that says nothing but which list says that it is gone. */
function changeList(view: AccountView, change: ListChange, position: Position): ViewChange | undefined {
  const { account, list, settings, added = [], removed = [] } = change;
  if (account !== view.account) return undefined;
  const known = view.lists.get(list);
  if (!settings && !change.added && !change.removed) {
    view.lists.delete(list);
    return known && { list, added: [], removed: topicsOf([...known.members.values()]) };
  }
  const facts = known ?? new ListState(list, { replies: 'list', exclusive: false });
  view.lists.set(list, facts);
  if (settings) {
    const { replies, exclusive } = settings;
    facts.settings = { replies: replies === 'followed' || replies === 'none' ? replies : 'list', exclusive };
  }
  for (const { account: member } of removed) facts.remove(member);
  for (const { account: member, channel } of added) facts.add(member, { channel, since: position });
  if (added.length + removed.length === 0) return undefined;
  const floors = added.map(({ channel }) => ({ topic: channelTopic(channel), since: position }));
  return { list, added: floors, removed: topicsOf(removed) };
}

function end(view: AccountView, { account }: { readonly account: number }): ViewChange | undefined {
  if (account !== view.account || view.ended) return undefined;
  const removed = view.homeTopics().map(({ topic }) => topic);
  view.ended = true;
  view.indexes.exclusions.endedChanged(view);
  return { added: [], removed };
}

function topicsOf(members: readonly { readonly channel: number }[]): readonly string[] {
  return members.map(({ channel }) => channelTopic(channel));
}

function toggle<Value>(set: Set<Value>, value: Value, on: boolean): void {
  if (on) set.add(value);
  else set.delete(value);
}
