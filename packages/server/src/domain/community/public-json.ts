import type { Event } from '@carillon/core';
import {
  type AccountSnapshot,
  type AnnouncementSnapshot,
  type ChannelSnapshot,
  type CommunityEvents,
  type CommunityEventType,
  type ConversationSnapshot,
  type MentionSnapshot,
  type NotificationSnapshot,
  type OrganizationSnapshot,
  type PostSnapshot,
  readEvent,
} from '../../state/index.ts';
import { DESK_PUBLIC } from '../desk/public.ts';
import { showAccountSettings, showOrganizationSettings, WORKSPACE_PUBLIC } from '../workspace/public.ts';
import { showMedia } from './public-media.ts';

/**
 * What readers are told of each event. All who may read an event are told the same, so nothing is in it that belongs
 * to one of them alone unless the event goes to that account alone. Every field is named here: one that snapshots gain
 * later is not told by accident.
 */
const PUBLIC: { readonly [Type in CommunityEventType]: (data: CommunityEvents[Type]) => object } = {
  'account.created': ({ account }) => ({ account: showAccount(account) }),
  'account.updated': ({ account }) => ({ account: showAccount(account) }),
  'account.deactivated': ({ account }) => ({ account }),
  'account.suspended': ({ account }) => ({ account }),
  'account.restored': ({ account }) => ({ account }),
  'settings.updated': ({ account, chosenLanguages, settings, changed }) => ({
    ...{ account, chosenLanguages, settings: settings && showAccountSettings(settings), changed },
  }),
  'channel.created': ({ channel }) => ({ channel: showChannel(channel) }),
  'channel.updated': ({ channel }) => ({ channel: showChannel(channel) }),
  'post.created': ({ post }) => ({ post: showPost(post) }),
  'post.edited': ({ post }) => ({ post: showPost(post) }),
  'post.deleted': ({ post }) => ({ post }),
  'share.created': ({ post }) => ({ post: showPost(post) }),
  'share.deleted': ({ post, shared }) => ({ post, shared }),
  'post.moved': ({ actor, posts, anchor, mode, from, to, post }) => ({
    ...{ actor, posts, anchor, mode },
    from: { channel: from.channel, topic: from.topic },
    to: { channel: to.channel, topic: to.topic },
    post: post && showPost(post),
  }),
  'post.flagged': ({ account, flag, on, posts, all, details }) => ({
    ...{ account, flag, on, posts, all },
    details: details?.map(({ post, channel, author, topic, participants, mentioned }) => ({
      ...{ post, channel, author, topic, participants, mentioned },
    })),
  }),
  'reaction.added': ({ post, account, emoji, name, code }) => ({ post, account, emoji, name, code }),
  'reaction.removed': ({ post, account, emoji, name, code }) => ({ post, account, emoji, name, code }),
  'follow.requested': ({ account, channel }) => ({ account, channel }),
  'follow.started': ({ account, channel, affiliation }) => ({ account, channel, affiliation }),
  'follow.denied': ({ account, channel }) => ({ account, channel }),
  'follow.ended': ({ account, channel }) => ({ account, channel }),
  'affiliation.changed': ({ account, channel, affiliation }) => ({ account, channel, affiliation }),
  'tag.followed': ({ account, tag }) => ({ account, tag }),
  'tag.unfollowed': ({ account, tag }) => ({ account, tag }),
  'relationship.changed': ({ account, target, kind, on, expiresAt, notifications }) => ({
    ...{ account, target, kind, on, expiresAt, notifications },
  }),
  'filters.changed': ({ account }) => ({ account }),
  'list.changed': ({ account, list, settings, added, removed }) => ({ account, list, settings, added, removed }),
  'notification.created': ({ notification }) => ({ notification: showNotification(notification) }),
  'notification.dismissed': ({ account, notifications }) => ({ account, notifications }),
  'conversation.updated': ({ conversation }) => ({ conversation: showConversation(conversation) }),
  'organization.updated': ({ organization, changed }) => ({ organization: showOrganization(organization), changed }),
  'announcement.published': ({ announcement }) => ({ announcement: showAnnouncement(announcement) }),
  'announcement.reacted': ({ announcement, name, count }) => ({ announcement, name, count }),
  'announcement.deleted': ({ announcement }) => ({ announcement }),
  'presence.changed': ({ account, status, activeAt, idleAt }) => ({ account, status, activeAt, idleAt }),
  ...WORKSPACE_PUBLIC,
  ...DESK_PUBLIC,
};

/** The public form of a community event's data; `undefined` for events that have none, and for erased ones. */
export function publicJson(event: Event): string | undefined {
  if (!Object.hasOwn(PUBLIC, event.type)) return undefined;
  // The table has this type.
  return showAs(event, event.type as CommunityEventType);
}

/**
 * Data of a form that this version does not know says no more than that something happened: an event that could not be
 * shown would end its readers whenever they come back to it.
 */
function showAs<Type extends CommunityEventType>(event: Event, type: Type): string | undefined {
  const data = readEvent(event, type);
  try {
    return data && JSON.stringify(PUBLIC[type](data));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function showAccount(account: AccountSnapshot): object {
  const { id, name, domain, kind, role, displayName, noteHtml, fields, avatar, header } = account;
  const { locked, discoverable, indexable, channel, url, suspended, createdAt } = account;
  const { followersCount, followingCount, postsCount, lastPostAt } = account;
  return {
    ...{ id, name, domain, kind, role, displayName, noteHtml },
    fields: fields?.map((field) => ({ name: field.name, value: field.value, html: field.html })),
    avatar: avatar && showMedia(avatar),
    header: header && showMedia(header),
    ...{ locked, discoverable, indexable, channel, url, suspended, createdAt },
    ...{ followersCount, followingCount, postsCount, lastPostAt },
  };
}

function showChannel({ id, kind, slug, title, access }: ChannelSnapshot): object {
  return { id, kind, slug, title, access };
}

function showPost(post: PostSnapshot): object {
  const { id, kind, node, topic, visibility, replyTo, thread, language, sensitive, warning, html, text, tags } = post;
  const { repliesCount, sharesCount, favouritesCount, application, origin, createdAt, editedAt } = post;
  return {
    ...{ id, kind, author: showAccount(post.author), channel: showChannel(post.channel), node, topic, visibility },
    replyTo: replyTo && { id: replyTo.id, account: replyTo.account },
    ...{ thread, language, sensitive, warning, html, text, tags },
    mentions: post.mentions.map(showMention),
    media: post.media.map(showMedia),
    ...{ repliesCount, sharesCount, favouritesCount },
    application: application && { name: application.name, website: application.website },
    ...{ origin, shared: post.shared && showPost(post.shared), createdAt, editedAt },
  };
}

function showMention({ id, name, domain, kind, displayName, url }: MentionSnapshot): object {
  return { id, name, domain, kind, displayName, url };
}

function showNotification({ id, type, account, from, post, createdAt }: NotificationSnapshot): object {
  return { id, type, account, from: showAccount(from), post: post && showPost(post.post), createdAt };
}

function showConversation({ id, account, unread, others, lastPost }: ConversationSnapshot): object {
  return { id, account, unread, others: others.map(showAccount), lastPost: lastPost && showPost(lastPost.post) };
}

function showOrganization(organization: OrganizationSnapshot): object {
  const { title, description, registrations, rules, contact, language, languages, settings } = organization;
  return {
    ...{ title, description, registrations },
    rules: rules.map(({ id, text, hint }) => ({ id, text, hint })),
    ...{ contact, language, languages, settings: settings && showOrganizationSettings(settings) },
  };
}

function showAnnouncement(announcement: AnnouncementSnapshot): object {
  const { id, html, text, startsAt, endsAt, allDay, publishedAt, updatedAt, reactions } = announcement;
  return {
    ...{ id, html, text, startsAt, endsAt, allDay, publishedAt, updatedAt },
    reactions: reactions.map(({ name, count }) => ({ name, count })),
  };
}
