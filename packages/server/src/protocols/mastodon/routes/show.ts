import {
  type ConversationSnapshot,
  type FilterView,
  filtersOf,
  type NotificationSnapshot,
  type PageQuery,
  type PostView,
} from '../../../domain/index.ts';
import { createPostMatcher } from '../../../view/index.ts';
import {
  type Conversation,
  type FilterResult,
  type Notification,
  type Status,
  toConversation,
  toFilterResult,
  toNotification,
  toStatusFor,
} from '../entities/index.ts';
import type { Call } from '../http/index.ts';

/** Shows things to whoever asks, with what its filters find in them. */
export interface Show {
  status(view: PostView): Status;
  notification(notification: NotificationSnapshot): Notification;
  conversation(conversation: ConversationSnapshot): Conversation;
}

type AnyCall = Call<number | null>;

/** Loads the filters of whoever asks, once for everything that the call shows. */
export async function showFor(call: AnyCall): Promise<Show> {
  const { viewer } = call;
  return showThrough(call, viewer === null ? [] : await call.query(filtersOf, { viewer }));
}

/** The same for filters that were loaded already. */
export function showThrough({ deps, site, viewer }: AnyCall, filters: readonly FilterView[]): Show {
  const match = createPostMatcher(
    filters.map(({ posts, ...filter }) => ({ ...filter, posts: posts.map(({ post }) => post) })),
    deps.now(),
  );
  const filtered = (view: PostView | null): readonly FilterResult[] =>
    view === null ? [] : match(view.post).map(toFilterResult);
  return {
    status: (view) => toStatusFor(view, site, viewer, filtered(view)),
    notification: (notification) => toNotification(notification, site, filtered(notification.post)),
    conversation: (conversation) => toConversation(conversation, site, filtered(conversation.lastPost)),
  };
}

export async function showStatus(call: AnyCall, view: PostView): Promise<Status> {
  return (await showFor(call)).status(view);
}

export async function showStatuses(call: AnyCall, views: readonly PostView[]): Promise<readonly Status[]> {
  const show = await showFor(call);
  return views.map(show.status);
}

/** A page of posts that are listed by their own ids. */
export async function statusPage(call: AnyCall, views: readonly PostView[], page: PageQuery): Promise<Response> {
  return call.listed(
    await showStatuses(call, views),
    views.map(({ post }) => post.id),
    page,
  );
}
