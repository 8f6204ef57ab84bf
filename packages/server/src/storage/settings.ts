export const DATABASE_NAME = 'carillon.db';

const MIB = 1_048_576;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long events live by the class of their topics (kernel K7); an event lives as long as its longest-lived topic. */
export interface RetentionSettings {
  /** Milliseconds for topics of an app that `apps` does not name. */
  readonly appMs: number;
  /** Milliseconds by app name. */
  readonly apps: Readonly<Record<string, number>>;
  readonly communityMs: number;
  readonly systemMs: number;
  /** Data bytes of all removable events together; the oldest go first beyond it. */
  readonly maxBytes: number;
  /** How often events past their time are looked for, milliseconds. */
  readonly sweepMs: number;
}

export interface StorageSettings {
  /** The data directory; made when absent. */
  readonly directory: string;
  /** Start although history is damaged or missing: keep what is sound, under a new epoch. */
  readonly acceptLoss: boolean;
  /** Nothing is stored while the file system has fewer free bytes than this. */
  readonly reserveBytes: number;
  readonly readerThreads: number;
  /** Bytes of recent events' data kept in memory. */
  readonly tailBytes: number;
  /** Bytes of appends and commands that may wait for the writer; beyond it they are refused as `rate-limited`. */
  readonly waitingBytes: number;
  readonly idempotencyMs: number;
  /** Keys beyond this many are forgotten, oldest first, before their time. */
  readonly idempotencyKeys: number;
  /** Bytes written to the write-ahead log after which a checkpoint is asked for. */
  readonly checkpointBytes: number;
  /** Size of the write-ahead log at which the writer itself checkpoints before it goes on. */
  readonly walBytes: number;
  readonly retention: RetentionSettings;
}

export const STORAGE_DEFAULTS: Omit<StorageSettings, 'directory'> = {
  acceptLoss: false,
  reserveBytes: 64 * MIB,
  readerThreads: 2,
  tailBytes: 8 * MIB,
  waitingBytes: 64 * MIB,
  idempotencyMs: DAY_MS,
  idempotencyKeys: 1_000_000,
  checkpointBytes: 4 * MIB,
  walBytes: 32 * MIB,
  retention: {
    appMs: 2 * MINUTE_MS,
    apps: {},
    communityMs: 7 * DAY_MS,
    systemMs: DAY_MS,
    maxBytes: 8 * 1_024 * MIB,
    sweepMs: 1_000,
  },
};
