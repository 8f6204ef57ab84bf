import { announcementCommands, announcementQueries } from './announcements.ts';
import { filterCommands, filterQueries } from './filters.ts';
import { heldCommands } from './held.ts';
import { markerCommands, markerQueries } from './markers.ts';
import { mediaCommands, mediaQueries } from './media.ts';
import { notificationCommands, notificationQueries } from './notifications.ts';
import { conversationCommands, conversationQueries } from './own-conversations.ts';
import { policyCommands, policyQueries } from './policy.ts';

export const noticeCommands = {
  ...notificationCommands,
  ...heldCommands,
  ...policyCommands,
  ...conversationCommands,
  ...filterCommands,
  ...markerCommands,
  ...announcementCommands,
  ...mediaCommands,
};

export const noticeQueries = {
  ...notificationQueries,
  ...policyQueries,
  ...conversationQueries,
  ...filterQueries,
  ...markerQueries,
  ...announcementQueries,
  ...mediaQueries,
};
