export type { Commands, ForkPoint, ProducerTag, StoredStream, StreamGarbage, StreamSegment } from '../state/index.ts';
export type { AccessTokenView, AccountView, NewAccessToken, NewAccount } from './accounts.ts';
export {
  accessTokenCredentialId,
  accessTokenOf,
  accountByName,
  accountCommands,
  accountQueries,
  createAccessToken,
  createAccount,
  listAccounts,
  revokeAccessToken,
} from './accounts.ts';
export type { Audited } from './audit.ts';
export type { KeyView, NewKey } from './credentials.ts';
export {
  createKey,
  credentialCommands,
  credentialQueries,
  ensureKey,
  keyById,
  keyCredentialId,
  listAudit,
  listKeys,
  listRevocations,
  recordAudit,
  revokeKey,
  revokeToken,
} from './credentials.ts';
export { readRevocation } from './revocations.ts';
export type { StreamEventKind } from './stream-events.ts';
export { streamEventKind, tailAfter } from './stream-events.ts';
export { touchEveryMs } from './stream-expiry.ts';
export { essenceOf } from './stream-media-type.ts';
export type {
  CreatedStream,
  NewFork,
  NewStream,
  StreamAppend,
  StreamAppended,
  StreamBody,
  StreamExpiry,
} from './stream-messages.ts';
export {
  appendToStream,
  collectStream,
  createStream,
  deleteStream,
  describeStream,
  expireStreams,
  holdStreams,
  streamChores,
  touchStreams,
} from './stream-messages.ts';
export { streamCommands, streamQueries } from './streams.ts';
