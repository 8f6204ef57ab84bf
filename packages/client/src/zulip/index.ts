export { CarillonClientError } from '../errors.ts';
export type {
  CallOptions,
  EventLoopOptions,
  NewZulipMessage,
  PollOptions,
  RegisterOptions,
  ZulipClient,
  ZulipClientOptions,
  ZulipMessage,
} from './client.ts';
export { createZulipClient } from './client.ts';
export { ZulipError } from './errors.ts';
export type { ZulipEvent } from './event-loop.ts';
export type { ZulipAnswer, ZulipFields } from './wire.ts';
