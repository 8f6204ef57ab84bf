import type { Relationship as DomainRelationship } from '../../../domain/index.ts';
import { isoOrNull } from './site.ts';
import type { Relationship } from './types.ts';

export function toRelationship(relationship: DomainRelationship): Relationship {
  return {
    id: String(relationship.id),
    following: relationship.following,
    showing_reblogs: relationship.showingShares,
    notifying: relationship.notifying,
    languages: relationship.languages,
    followed_by: relationship.followedBy,
    blocking: relationship.blocking,
    blocked_by: relationship.blockedBy,
    muting: relationship.muting,
    muting_notifications: relationship.mutingNotifications,
    muting_expires_at: isoOrNull(relationship.mutingExpiresAt),
    requested: relationship.requested,
    requested_by: relationship.requestedBy,
    domain_blocking: relationship.domainBlocking,
    endorsed: false,
    note: relationship.note,
  };
}
