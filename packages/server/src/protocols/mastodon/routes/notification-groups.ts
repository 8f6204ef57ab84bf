import type { NotificationSnapshot, PageQuery } from '../../../domain/index.ts';

/** Notifications about one thing in one stretch of time. */
export interface NotificationGroup {
  readonly key: string;
  /** Newest first, at least one. */
  readonly members: readonly [NotificationSnapshot, ...NotificationSnapshot[]];
}

/** What a group's key says: enough to find its members again. */
export type GroupKey =
  | { readonly kind: 'one'; readonly id: number }
  | {
      readonly kind: 'many';
      readonly type: GroupedType;
      /** Null for what concerns no post. */
      readonly post: number | null;
      /** Ids of the stretch, both exclusive. */
      readonly minId: number;
      readonly maxId: number;
    };

export const GROUPED_TYPES = ['favourite', 'follow', 'reblog'] as const;
export type GroupedType = (typeof GROUPED_TYPES)[number];

export function isGroupedType(type: string | undefined): type is GroupedType {
  return GROUPED_TYPES.some((each) => each === type);
}

/** Members of a group are at most this far apart: the stretches are half days of UTC. */
const STRETCH_MS = 12 * 3_600_000;

/** Ids are milliseconds since 2020 shifted by 12 bits (`Event.id`). */
const IDS_SINCE_MS = Date.UTC(2020, 0, 1);
const IDS_PER_MS = 4_096;

const KEY = /^(?:ungrouped-(\d{1,16})|([a-z_.]{1,40})(?:-(\d{1,16}))?-(\d{1,9}))$/;

/** Puts notifications, newest first, into groups; a group stands where its newest member stood. */
export function groupNotifications(
  notifications: readonly NotificationSnapshot[],
  types: ReadonlySet<string>,
): readonly NotificationGroup[] {
  const groups = new Map<string, [NotificationSnapshot, ...NotificationSnapshot[]]>();
  for (const notification of notifications) {
    const key = types.has(notification.type) ? sharedKey(notification) : `ungrouped-${notification.id}`;
    const members = groups.get(key);
    if (members) members.push(notification);
    else groups.set(key, [notification]);
  }
  return Array.from(groups, ([key, members]) => ({ key, members }));
}

/** `undefined` for what is no key of a group. */
export function readGroupKey(text: string): GroupKey | undefined {
  const [, id, type, post, stretch] = KEY.exec(text) ?? [];
  if (id !== undefined) return { kind: 'one', id: Number(id) };
  if (stretch === undefined || !isGroupedType(type)) return undefined;
  const startMs = Number(stretch) * STRETCH_MS;
  return {
    kind: 'many',
    type,
    post: post === undefined ? null : Number(post),
    minId: firstIdAt(startMs) - 1,
    maxId: firstIdAt(startMs + STRETCH_MS),
  };
}

/** Whether a notification within the key's ids is of its group. */
export function belongsTo(notification: NotificationSnapshot, key: GroupKey & { kind: 'many' }): boolean {
  return notification.type === key.type && (notification.post?.post.id ?? null) === key.post;
}

/** The page of everything in the key's stretch. */
export function stretchPage({ minId, maxId }: GroupKey & { kind: 'many' }, limit: number): PageQuery {
  return { sinceId: Math.max(0, minId), maxId, limit };
}

function sharedKey({ type, id, post }: NotificationSnapshot): string {
  // The id's own time, so that the key leads back to ids.
  const stretch = Math.floor((IDS_SINCE_MS + Math.floor(id / IDS_PER_MS)) / STRETCH_MS);
  return post === null ? `${type}-${stretch}` : `${type}-${post.post.id}-${stretch}`;
}

function firstIdAt(ms: number): number {
  return (ms - IDS_SINCE_MS) * IDS_PER_MS;
}
