export type { StreamEventKind } from './events.ts';
export { streamEventKind, tailAfter } from './events.ts';
export { touchEveryMs } from './expiry.ts';
export { streamCommands, streamQueries } from './handlers.ts';
export { essenceOf } from './media-type.ts';
export type {
  CreatedStream,
  NewFork,
  NewStream,
  StreamAppend,
  StreamAppended,
  StreamBody,
  StreamExpiry,
} from './messages.ts';
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
} from './messages.ts';
