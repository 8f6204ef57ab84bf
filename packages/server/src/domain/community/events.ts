export type {
  Announcement,
  CommunityEvents,
  CommunityEventType,
  Follow,
  FollowStart,
  ListChange,
  Reaction,
  RelationshipChange,
} from '../../state/index.ts';
export { announce, readEvent } from '../../state/index.ts';
