import { CarillonError } from './errors.ts';
import { parseTopic, resolveTopic, showTopic } from './topic.ts';

/**
 * What a credential may do: lists of exact topics or of prefixes that end in `*` directly after `/` or `:`.
 * A lone `*` means everything in the credential's own app. Names are resolved in that app.
 */
export interface Grants {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export const NO_GRANTS: Grants = { publish: [], subscribe: [] };

/** Everything that any grant can reach: all of the own app, and every topic of the community for reading. */
export const ALL_GRANTS: Grants = {
  publish: ['*'],
  subscribe: [
    '*',
    ...['public', 'community', 'presence', 'account', 'channel', 'channel-meta', 'hashtag', 'list'],
    ...['public:*', 'account:*', 'channel:*', 'channel-meta:*', 'hashtag:*', 'list:*'],
  ],
};

export type GrantedAction = 'publish' | 'subscribe';

/** Throws `bad-request` unless every pattern is an exact topic, `*`, or a prefix cut after `/` or `:`. */
export function checkGrants(grants: Grants, app: string): void {
  for (const pattern of [...grants.publish, ...grants.subscribe]) {
    if (pattern === '*') continue;
    const star = pattern.indexOf('*');
    if (star < 0) {
      resolveTopic(pattern, app);
      continue;
    }
    const before = pattern.at(star - 1);
    if (star !== pattern.length - 1 || star === 0 || (before !== '/' && before !== ':')) {
      throw new CarillonError('bad-request', `grant "${pattern}": a * may only stand last, directly after / or :`);
    }
  }
}

/**
 * Whether the grants reach a full topic name. Publishing never reaches what only the domain writes, subscribing
 * never reaches `system`, and nothing reaches another app.
 */
export function isGranted(grants: Grants, app: string, action: GrantedAction, topic: string): boolean {
  const name = parseTopic(topic);
  if (name.class === 'system') return false;
  if (name.class === 'community' && action === 'publish') return false;
  if (name.app !== undefined && name.app !== app) return false;
  return grants[action].some((pattern) => matches(pattern, app, topic, name.class));
}

function matches(pattern: string, app: string, topic: string, kind: string): boolean {
  if (pattern === '*') return kind === 'app' || kind === 'stream';
  if (!pattern.endsWith('*')) return pattern === topic || pattern === showTopic(topic, app);
  const prefix = pattern.slice(0, -1);
  return topic.startsWith(prefix) || showTopic(topic, app).startsWith(prefix);
}
