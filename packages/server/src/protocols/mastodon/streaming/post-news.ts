import type { Event } from '@carillon/core';
import { type PostDoers, type PostSnapshot, readEvent } from '../../../domain/index.ts';
import { type Site, toStatus } from '../entities/index.ts';

/** A post that an event tells of, with what one needs to know to show it to somebody in particular. */
export interface PostNews {
  readonly event: 'update' | 'status.update';
  readonly status: OpenStatus;
  readonly facts: PostFacts;
  /** Of the post that a share passes on. */
  readonly sharedFacts: PostFacts | undefined;
  /** Who did what with the post itself, which for a share is the one inside. */
  readonly doers: Readonly<Record<keyof PostDoers, ReadonlySet<number>>> | undefined;
}

export interface PostFacts {
  readonly author: number;
  readonly thread: number;
  readonly isPinnable: boolean;
}

/** A status as JSON whose braces are not closed: a viewer's keys may follow. */
export interface OpenStatus {
  readonly outer: string;
  /** The shared status inside; it is closed, and then the outer one. */
  readonly shared: string | undefined;
}

/** `undefined` for events that show no post, moves to another topic among them, and for posts whose text was erased. */
export function readPostNews(event: Event, site: Site): PostNews | undefined {
  const moved = readEvent(event, 'post.moved');
  const told: { readonly post?: PostSnapshot; readonly doers?: PostDoers } | undefined =
    moved ?? readEvent(event, 'post.created') ?? readEvent(event, 'post.edited') ?? readEvent(event, 'share.created');
  if (!told?.post) return undefined;
  const { post, doers } = told;
  // What moves between places that the same people see is the same status there.
  const isKnown = event.type === 'post.edited' || moved?.isNews === false;
  return {
    event: isKnown ? 'status.update' : 'update',
    status: openStatus(post, site),
    facts: factsOf(post),
    sharedFacts: post.shared === null ? undefined : factsOf(post.shared),
    doers: doers && setsOf(doers),
  };
}

function openStatus(post: PostSnapshot, site: Site): OpenStatus {
  const { reblog, ...outer } = toStatus(post, site);
  return { outer: openJson(outer), shared: reblog === null ? undefined : openJson(reblog) };
}

function openJson(entity: object): string {
  return JSON.stringify(entity).slice(0, -1);
}

function factsOf({ author, thread, visibility, shared }: PostSnapshot): PostFacts {
  return { author: author.id, thread, isPinnable: shared === null && visibility !== 'direct' };
}

function setsOf({ favourited, shared, bookmarked, pinned }: PostDoers): NonNullable<PostNews['doers']> {
  return {
    favourited: new Set(favourited),
    shared: new Set(shared),
    bookmarked: new Set(bookmarked),
    pinned: new Set(pinned),
  };
}
