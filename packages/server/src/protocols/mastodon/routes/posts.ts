import type { Rest } from '../http/index.ts';
import { announcementRoutes } from './announcements.ts';
import { conversationRoutes } from './conversations.ts';
import { emptyRoutes } from './empty.ts';
import { filterRoutes } from './filters.ts';
import { filterRoutesV1 } from './filters-v1.ts';
import { groupedNotificationRoutes } from './grouped-notifications.ts';
import { listRoutes } from './lists.ts';
import { markerRoutes } from './markers.ts';
import { mediaRoutes } from './media.ts';
import { notificationPolicyRoutes } from './notification-policy.ts';
import { notificationRequestRoutes } from './notification-requests.ts';
import { notificationRoutes } from './notifications.ts';
import { scheduledRoutes } from './scheduled.ts';
import { searchRoutes } from './search.ts';
import { servedMediaRoutes } from './served-media.ts';
import { statusActionRoutes } from './status-actions.ts';
import { statusRoutes } from './statuses.ts';
import { tagRoutes } from './tags.ts';
import { timelineRoutes } from './timelines.ts';

/** Everything about statuses and what becomes of them. Of two paths that fit a call, the first counts. */
export function postRoutes(rest: Rest): void {
  statusRoutes(rest);
  statusActionRoutes(rest);
  scheduledRoutes(rest);
  timelineRoutes(rest);
  notificationPolicyRoutes(rest);
  notificationRequestRoutes(rest);
  notificationRoutes(rest);
  groupedNotificationRoutes(rest);
  conversationRoutes(rest);
  listRoutes(rest);
  filterRoutes(rest);
  filterRoutesV1(rest);
  markerRoutes(rest);
  announcementRoutes(rest);
  mediaRoutes(rest);
  servedMediaRoutes(rest);
  searchRoutes(rest);
  tagRoutes(rest);
  emptyRoutes(rest);
}
