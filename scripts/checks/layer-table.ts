/** Packages that a package's own source may import (tests may import any). */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  client: [],
  conformance: ['core'],
  server: ['core', 'client'],
};

/** Packages that must run in a browser or anywhere: not one `node:` import. */
export const WITHOUT_NODE: readonly string[] = ['core', 'client'];

/** Rooms of `packages/server/src`, and the rooms each may know. `@client` stands for the client package. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  telemetry: [],
  config: [],
  console: [],
  health: [],
  storage: [],
  log: ['storage'],
  state: ['storage'],
  view: ['log', 'state'],
  domain: ['state'],
  turns: [],
  media: ['domain', 'turns'],
  render: ['domain', 'storage', 'turns'],
  presence: ['domain'],
  scheduler: ['domain'],
  jobs: ['domain'],
  hub: ['log', 'view'],
  transport: ['telemetry'],
  auth: ['domain', 'render', 'state', 'view'],
  protocols: ['domain', 'hub', 'transport', 'auth', 'telemetry'],
  'protocols/*': ['protocols', 'domain', 'media', 'render', 'view', 'hub', 'transport', 'auth', 'telemetry'],
  cli: ['config', 'main', '@client'],
};

/** Protocols that are several protocols in one folder: each folder in it is a room that does not know its siblings. */
export const FAMILIES: readonly string[] = ['protocols/streams'];

/** Files that put concrete engines together and may know every room. */
export const ROOTS: readonly string[] = [
  'main.ts',
  'measured-log.ts',
  'index.ts',
  'room-settings.ts',
  'shared-addresses.ts',
  'unknown-address.ts',
  'threads.ts',
  'writer-root.ts',
  'reader-root.ts',
];

/** Beside its `index.ts` a room may have this face towards the storage threads; it may load the driver. */
export const THREAD_FACE = 'thread.ts';

/** Where the main thread starts: nothing it loads may reach the SQLite driver. */
export const MAIN_THREAD: readonly string[] = ['main.ts', 'index.ts', 'cli/main.ts'];

export const DRIVER = 'node:sqlite';
export const DRIVER_ROOM = 'storage';
