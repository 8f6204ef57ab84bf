export type { AccountView } from './account-view.ts';
export type { NewAccount } from './accounts.ts';
export { accountByName, accountCommands, accountQueries, createAccount, listAccounts } from './accounts.ts';
export type { WeekFacts } from './community-facts.ts';
export { communityActivity, communityFactQueries, familiarFollowers, knownDomains } from './community-facts.ts';
export { peopleCommands, peopleQueries } from './handlers.ts';
export type { AccountSettings, NewChannel, OwnAccount, ProfileChange } from './messages.ts';
export {
  accountByAcct,
  accountSettingsOf,
  accountSnapshot,
  accountSnapshots,
  accountsByAccts,
  changeAccountSettings,
  communityCounts,
  continueDeletion,
  createChannel,
  deleteAccount,
  followersOf,
  followingOf,
  ingestAccount,
  members,
  ownAccount,
  restoreAccount,
  signInFacts,
  suspendAccount,
  updateChannel,
  updateProfile,
} from './messages.ts';
export { ACCOUNT_PREFERENCES } from './preferences.ts';
export type { AccessTokenView, NewAccessToken } from './tokens.ts';
export {
  accessTokenCredentialId,
  accessTokenOf,
  apiKeyOf,
  createAccessToken,
  revokeAccessToken,
} from './tokens.ts';
