import type { AccountPreferences } from '../../state/index.ts';
import { flag, oneOf, type SettingType, text } from '../community/setting-types.ts';

export interface AccountPreference<Value> {
  readonly type: SettingType<Value>;
  readonly default: Value;
  /** What it does; most of it is done by the account's clients. */
  readonly text: string;
}

/** A tag of a language (RFC 5646 §2.1). */
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;
/** A name of the tz database, or nothing. */
const TIME_ZONE = /^(?:[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+){0,2})?$/;

const on = (what: string) => preference(flag(), true, what);
const off = (what: string) => preference(flag(), false, what);

/** Every preference of an account: its type, its default, and what it does. Whoever has an account sets its own. */
export const ACCOUNT_PREFERENCES: {
  readonly [Name in keyof AccountPreferences]: AccountPreference<AccountPreferences[Name]>;
} = {
  interfaceLanguage: preference(text(35, LANGUAGE), 'en', 'In which language clients speak.'),
  timeZone: preference(text(60, TIME_ZONE), '', 'By whose clock times are shown; empty for that of the device.'),
  twentyFourHours: off('Whether hours are counted to 24.'),
  theme: preference(oneOf(['system', 'light', 'dark']), 'system', 'In which colours clients are shown.'),
  enterSends: off('Whether the enter key sends.'),
  starredCounts: on('Whether clients count what is starred.'),
  allOpenChannels: off('Whether event queues hear of all open channels unless they say otherwise.'),
  readReceipts: on('Whether others learn what this account has read.'),
  typingInDirect: on('Whether the other participants of a direct channel learn that this account types.'),
  typingInChannels: on('Whether followers of a channel learn that this account types there.'),
  typingShown: on('Whether this account is told that others type.'),
  channelDesktop: off('Whether posts in channels are shown on the desktop.'),
  channelAudible: off('Whether posts in channels are heard.'),
  channelPush: off('Whether posts in channels are pushed to devices.'),
  channelEmail: off('Whether posts in channels are sent as mail.'),
  topicDesktop: on('Whether posts in followed topics are shown on the desktop.'),
  topicAudible: on('Whether posts in followed topics are heard.'),
  topicPush: on('Whether posts in followed topics are pushed to devices.'),
  topicEmail: on('Whether posts in followed topics are sent as mail.'),
  mentionDesktop: on('Whether direct posts and mentions are shown on the desktop.'),
  mentionAudible: on('Whether direct posts and mentions are heard.'),
  mentionPush: on('Whether direct posts and mentions are pushed to devices.'),
  mentionEmail: on('Whether direct posts and mentions are sent as mail.'),
  allMentions: on('Whether a mention of everybody in a channel counts as one of this account.'),
  onlinePush: on('Whether devices are pushed to while the account is here.'),
  textInDesktop: on('Whether notifications on the desktop show the text of direct posts.'),
  textInEmail: on('Whether mails show the text of posts.'),
  digestEmail: on('Whether a summary is sent as mail now and then.'),
  sound: preference(text(40, /^[a-z0-9][a-z0-9_-]*$/), 'default', 'Which sound is heard.'),
};

function preference<Value>(
  type: SettingType<Value>,
  otherwise: NoInfer<Value>,
  what: string,
): AccountPreference<Value> {
  return { type, default: otherwise, text: what };
}
