export type { Backoff } from './backoff.ts';
export type { CarillonClient, ClientOptions, PublishOptions } from './client.ts';
export { createClient } from './client.ts';
export { CarillonClientError, GapError } from './errors.ts';
export type { CarillonEvent, NewEvent, Published } from './event.ts';
export type { SubscribeOptions } from './subscription.ts';
export type { TransportName } from './transports/transport.ts';
