export type { HubDeps } from './create-hub.ts';
export { createHub } from './create-hub.ts';
export type { Hub, HubEvents, WaitOptions } from './hub.ts';
export type { Encoding, Reader, ReaderOptions, ReaderOwner, Sink } from './reader.ts';
export type { HubSettings } from './settings.ts';
export { DEFAULT_HUB_SETTINGS } from './settings.ts';
