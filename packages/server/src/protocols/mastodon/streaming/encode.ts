import type { Event } from '@carillon/core';
import { readEvent } from '../../../domain/index.ts';
import type { FilterMatch } from '../../../view/index.ts';
import { type Site, toAnnouncement, toConversation, toFilterResult, toNotification } from '../entities/index.ts';

/** What a reader is told, by what it asked for: `home-only` has no right to notifications. */
export type Kind = 'home' | 'home-only' | 'notifications' | 'direct' | 'public' | 'list';

/** One message of a stream; several of one event come in this order. */
export interface Said {
  readonly event: string;
  /** JSON, or a bare id. */
  readonly payload: string;
}

const HOMES: readonly Kind[] = ['home', 'home-only'];

/** Which kinds of stream say anything of an event, by its type. */
const TOLD: ReadonlyMap<string, ReadonlySet<Kind>> = new Map([
  ['post.created', new Set<Kind>([...HOMES, 'list', 'public'])],
  ['post.edited', new Set<Kind>([...HOMES, 'list', 'public', 'notifications'])],
  ['post.moved', new Set<Kind>([...HOMES, 'list', 'public'])],
  ['share.created', new Set<Kind>([...HOMES, 'list'])],
  ['post.deleted', new Set<Kind>([...HOMES, 'list', 'public'])],
  ['share.deleted', new Set<Kind>([...HOMES, 'list'])],
  ['relationship.changed', new Set<Kind>([...HOMES, 'list'])],
  ['notification.created', new Set<Kind>(['home', 'notifications'])],
  ['conversation.updated', new Set<Kind>(['direct'])],
  ['filters.changed', new Set<Kind>(HOMES)],
  ['announcement.published', new Set<Kind>(HOMES)],
  ['announcement.reacted', new Set<Kind>(HOMES)],
  ['announcement.deleted', new Set<Kind>(HOMES)],
]);

export function isTold(kind: Kind, event: Event): boolean {
  return TOLD.get(event.type)?.has(kind) ?? false;
}

const SHOWING: ReadonlySet<string> = new Set(['post.created', 'post.edited', 'post.moved', 'share.created']);

/** Whether an event shows a post, which each viewer may see differently. */
export function isPost({ type }: Event): boolean {
  return SHOWING.has(type);
}

/** Whether an event is one account's alone, with a post in it. */
export function isPersonal({ type }: Event): boolean {
  return type === 'notification.created' || type === 'conversation.updated';
}

/** What is said of an event that shows no post; empty when its data was erased or concerns nobody here. */
export function say(event: Event, site: Site): readonly Said[] {
  switch (event.type) {
    case 'post.deleted':
      return about(readEvent(event, 'post.deleted'), ({ post }) => [deleted(post)]);
    case 'share.deleted':
      return about(readEvent(event, 'share.deleted'), ({ post }) => [deleted(post)]);
    case 'relationship.changed':
      return about(readEvent(event, 'relationship.changed'), ({ hidden = [] }) => hidden.map(deleted));
    case 'notification.created':
    case 'conversation.updated':
      return sayPersonal(event, site, []);
    case 'filters.changed':
      return [{ event: 'filters_changed', payload: 'null' }];
    case 'announcement.published':
      return about(readEvent(event, 'announcement.published'), ({ announcement }) => [
        json('announcement', toAnnouncement(announcement)),
      ]);
    case 'announcement.reacted':
      return about(readEvent(event, 'announcement.reacted'), ({ announcement, name, count }) => [
        json('announcement.reaction', { name, count, announcement_id: String(announcement) }),
      ]);
    case 'announcement.deleted':
      return about(readEvent(event, 'announcement.deleted'), ({ announcement }) => [
        { event: 'announcement.delete', payload: String(announcement) },
      ]);
    default:
      return [];
  }
}

/** A notification or a conversation, with what its account's filters found in its post. */
export function sayPersonal(event: Event, site: Site, matches: readonly FilterMatch[]): readonly Said[] {
  const filtered = matches.map(toFilterResult);
  if (event.type === 'conversation.updated') {
    return about(readEvent(event, 'conversation.updated'), ({ conversation }) => [
      json('conversation', toConversation(conversation, site, filtered)),
    ]);
  }
  return about(readEvent(event, 'notification.created'), ({ notification }) => [
    json('notification', toNotification(notification, site, filtered)),
  ]);
}

function about<Data>(data: Data | undefined, words: (data: Data) => readonly Said[]): readonly Said[] {
  return data === undefined ? [] : words(data);
}

function deleted(post: number): Said {
  return { event: 'delete', payload: String(post) };
}

function json(event: string, entity: object): Said {
  return { event, payload: JSON.stringify(entity) };
}
