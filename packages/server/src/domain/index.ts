export type { Commands, ForkPoint, ProducerTag, StoredStream, StreamGarbage, StreamSegment } from '../state/index.ts';
export type { Audited, KeyView, NewKey } from './credentials.ts';
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
  readRevocation,
  recordAudit,
  revokeKey,
  revokeToken,
} from './credentials.ts';
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
