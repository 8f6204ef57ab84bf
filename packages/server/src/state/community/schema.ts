import type {
  AccessTokenRow,
  AccountRow,
  AccountSettingsRow,
  OauthAppRow,
  OauthCodeRow,
  SlugRow,
} from './rows/accounts.ts';
import type { ChannelRow, FollowRow } from './rows/channels.ts';
import type {
  AlertWordRow,
  BotStorageRow,
  DraftRow,
  ScheduledPostRow,
  SnippetRow,
  SubmessageRow,
  UserStatusRow,
} from './rows/desk.ts';
import type { JobRow } from './rows/jobs.ts';
import type {
  AnnouncementReactionRow,
  AnnouncementReadRow,
  AnnouncementRow,
  ConversationRow,
  MarkerRow,
  NotificationPermissionRow,
  NotificationRow,
} from './rows/notices.ts';
import type { OrganizationRow, OrganizationSettingsRow } from './rows/organization.ts';
import type {
  DroppedFileRow,
  MediaRow,
  PostEditRow,
  PostFlagsRow,
  PostMentionRow,
  PostRow,
  PostTagRow,
  ReactionRow,
} from './rows/posts.ts';
import type { PresenceRow } from './rows/presences.ts';
import type { MovedPostRow, PostMoveRow, ReadMarkRow, TopicPostRow } from './rows/reading.ts';
import type {
  AccountNoteRow,
  DomainBlockRow,
  FilterKeywordRow,
  FilterPostRow,
  FilterRow,
  FollowedTagRow,
  ListMemberRow,
  ListRow,
  RelationRow,
} from './rows/relations.ts';
import type {
  CustomEmojiRow,
  DefaultChannelRow,
  FollowSettingsRow,
  LinkifierRow,
  TopicPolicyRow,
  UserGroupMemberRow,
  UserGroupRow,
  UserGroupSubgroupRow,
} from './rows/workspace.ts';

/**
 * The community's tables as the query builder sees them: ids and times are integers, times in milliseconds since 1970,
 * booleans 0 or 1, lists and records JSON texts. SQLite makes them in the migrations; every row carries its checksum.
 */
export interface CommunitySchema {
  readonly accounts: AccountRow & Summed;
  readonly account_settings: AccountSettingsRow & Summed;
  readonly slugs: SlugRow & Summed;
  readonly access_tokens: AccessTokenRow & Summed;
  readonly oauth_apps: OauthAppRow & Summed;
  readonly oauth_codes: OauthCodeRow & Summed;
  readonly channels: ChannelRow & Summed;
  readonly follows: FollowRow & Summed;
  readonly posts: PostRow & Summed;
  readonly post_edits: PostEditRow & Summed;
  readonly post_tags: PostTagRow & Summed;
  readonly post_mentions: PostMentionRow & Summed;
  readonly post_flags: PostFlagsRow & Summed;
  readonly reactions: ReactionRow & Summed;
  readonly media: MediaRow & Summed;
  readonly topic_posts: TopicPostRow & Summed;
  readonly moved_posts: MovedPostRow & Summed;
  readonly post_moves: PostMoveRow & Summed;
  readonly read_marks: ReadMarkRow & Summed;
  readonly dropped_files: DroppedFileRow & Summed;
  readonly relations: RelationRow & Summed;
  readonly domain_blocks: DomainBlockRow & Summed;
  readonly account_notes: AccountNoteRow & Summed;
  readonly lists: ListRow & Summed;
  readonly list_members: ListMemberRow & Summed;
  readonly followed_tags: FollowedTagRow & Summed;
  readonly filters: FilterRow & Summed;
  readonly filter_keywords: FilterKeywordRow & Summed;
  readonly filter_posts: FilterPostRow & Summed;
  readonly notifications: NotificationRow & Summed;
  readonly conversations: ConversationRow & Summed;
  readonly markers: MarkerRow & Summed;
  readonly announcements: AnnouncementRow & Summed;
  readonly announcement_reactions: AnnouncementReactionRow & Summed;
  readonly announcement_reads: AnnouncementReadRow & Summed;
  readonly notification_permissions: NotificationPermissionRow & Summed;
  readonly organization: OrganizationRow & Summed;
  readonly organization_settings: OrganizationSettingsRow & Summed;
  readonly follow_settings: FollowSettingsRow & Summed;
  readonly topic_policies: TopicPolicyRow & Summed;
  readonly user_groups: UserGroupRow & Summed;
  readonly user_group_members: UserGroupMemberRow & Summed;
  readonly user_group_subgroups: UserGroupSubgroupRow & Summed;
  readonly default_channels: DefaultChannelRow & Summed;
  readonly custom_emoji: CustomEmojiRow & Summed;
  readonly linkifiers: LinkifierRow & Summed;
  readonly scheduled_posts: ScheduledPostRow & Summed;
  readonly drafts: DraftRow & Summed;
  readonly snippets: SnippetRow & Summed;
  readonly bot_storage: BotStorageRow & Summed;
  readonly submessages: SubmessageRow & Summed;
  readonly alert_words: AlertWordRow & Summed;
  readonly user_statuses: UserStatusRow & Summed;
  readonly jobs: JobRow & Summed;
  readonly presences: PresenceRow & Summed;
  readonly post_search: FoundRow;
  readonly name_search: FoundRow;
}

interface Summed {
  readonly sum: number;
}

/** Of a full-text index (`search.ts`). */
interface FoundRow {
  readonly rowid: number;
  /** The better, the smaller. */
  readonly rank: number;
}
