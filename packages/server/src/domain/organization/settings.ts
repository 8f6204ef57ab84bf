import { type Database, type OrganizationSettings, organizationSettings, type Policy } from '../../state/index.ts';
import { flag, oneOf, orNull, type SettingType, settingsIn, whole } from '../community/setting-types.ts';

export interface OrganizationSetting<Value> {
  readonly type: SettingType<Value>;
  readonly default: Value;
  /** The least role that may change it. */
  readonly changedBy: 'admins' | 'owners';
  /** What it does. */
  readonly text: string;
}

/** From the widest to the narrowest. */
const POLICIES: readonly Policy[] = ['everyone', 'members', 'full-members', 'moderators', 'admins', 'owners', 'nobody'];

const policy = oneOf(POLICIES);
const seconds = orNull(whole(1, 10 * 365 * 86_400));
const WEEK_SECONDS = 7 * 86_400;

/** Every setting of the organisation: its type, its default, who may change it, and what it does. */
export const ORGANIZATION_SETTINGS: {
  readonly [Name in keyof OrganizationSettings]: OrganizationSetting<OrganizationSettings[Name]>;
} = {
  retentionDays: {
    type: orNull(whole(1, 36_500)),
    default: null,
    changedBy: 'owners',
    text: 'Days for which posts in group and direct channels are meant to be kept; null keeps them.',
  },
  editing: setting(flag(), true, 'Whether authors may edit their posts.'),
  editLimitSeconds: setting(seconds, null, 'How long after posting an author may edit; null sets no end.'),
  topicMoves: setting(policy, 'everyone', 'Who may move posts of others to another topic.'),
  topicMoveLimitSeconds: setting(
    seconds,
    WEEK_SECONDS,
    'How long after posting a post may move to another topic, but by moderators; null sets no end.',
  ),
  channelMoves: setting(policy, 'members', 'Who may move posts to another channel.'),
  channelMoveLimitSeconds: setting(
    seconds,
    WEEK_SECONDS,
    'How long after posting a post may move to another channel, but by moderators; null sets no end.',
  ),
  maxTopicLength: setting(whole(1, 200), 60, 'Characters of a topic at most.'),
  maxPostLength: setting(
    orNull(whole(1, 100_000)),
    null,
    'Characters of a post at most, on every protocol; null leaves it to the settings of each.',
  ),
  openChannels: setting(policy, 'members', 'Who may make group channels that everybody may read.'),
  closedChannels: setting(policy, 'members', 'Who may make group channels that only followers may read.'),
  customEmoji: setting(policy, 'members', 'Who may add emoji.'),
  userGroups: setting(policy, 'members', 'Who may make groups of accounts, which they then look after.'),
  allMentions: setting(policy, 'admins', 'Who may mention everybody of a channel at once.'),
  presence: setting(flag(), true, 'Whether accounts see which others are here.'),
  waitingPeriodDays: setting(whole(0, 3_650), 0, 'Days after which a member is a full member.'),
};

function setting<Value>(type: SettingType<Value>, otherwise: NoInfer<Value>, text: string): OrganizationSetting<Value> {
  return { type, default: otherwise, changedBy: 'admins', text };
}

/** What holds in the community now. */
export async function loadOrganizationSettings(db: Database): Promise<OrganizationSettings> {
  const row = await organizationSettings.get(db, { id: 1 });
  return settingsIn(ORGANIZATION_SETTINGS, row?.settings ?? '{}');
}

/** All of them, so that a default that changes later does not change what administrators have seen. */
export async function storeOrganizationSettings(db: Database, settings: OrganizationSettings): Promise<void> {
  await organizationSettings.put(db, { id: 1, settings: JSON.stringify(settings) });
}
