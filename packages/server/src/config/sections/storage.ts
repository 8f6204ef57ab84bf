import * as z from 'zod';
import { bytes, count, milliseconds, setting } from '../setting.ts';

const DAY_MS = 86_400_000;

/** Where the log lives and how much of it stays. */
export const storageSection = z.strictObject({
  dataDir: setting(z.string().min(1).default('./carillon-data'), {
    text: 'Directory of the log and the state; made when absent. `carillon dev` uses `./.carillon`.',
    short: 'data',
  }),
  tailBytes: setting(bytes(8_388_608, 65_536), {
    text: 'Memory for the data of recent events. Readers within it never touch the disk.',
    unit: 'bytes',
  }),
  reserveBytes: setting(bytes(67_108_864, 0), {
    text: 'Free disk space below which publishes are refused with 507, so that reads, erasure and restart still work.',
    unit: 'bytes',
  }),
  readerThreads: setting(count(2, 1, 64), { text: 'Threads that read the log and the state.', unit: 'count' }),
  waitingBytes: setting(bytes(67_108_864, 1_048_576), {
    text: 'Publishes and commands that may wait for the disk at once; beyond it they are answered 429.',
    unit: 'bytes',
  }),
  checkpointBytes: setting(bytes(4_194_304, 65_536), {
    text: 'Write-ahead log after which a checkpoint is made beside the commits.',
    unit: 'bytes',
  }),
  walBytes: setting(bytes(33_554_432, 1_048_576), {
    text: 'Size of the write-ahead log at which commits wait for a checkpoint.',
    unit: 'bytes',
  }),
  idempotencyMs: setting(z.number().int().min(60_000).default(DAY_MS), {
    text: 'How long an idempotency key is remembered.',
    unit: 'ms',
  }),
  idempotencyKeys: setting(count(1_000_000, 1_000, 100_000_000), {
    text: 'Idempotency keys that are remembered; beyond it the oldest are forgotten before their time.',
    unit: 'count',
  }),
  acceptLoss: setting(z.boolean().default(false), {
    text: 'Start although history is damaged or missing: what is left is kept under a new epoch, and clients are told of the gap.',
    short: 'accept-loss',
  }),
});

/** How long events can be resumed from, by class of topic. Streams stay until deleted or expired. */
export const retentionSection = z.strictObject({
  appMs: setting(z.number().int().min(0).default(120_000), {
    text: 'History of app topics for apps that name none of their own.',
    unit: 'ms',
  }),
  communityMs: setting(
    z
      .number()
      .int()
      .min(60_000)
      .default(7 * DAY_MS),
    {
      text: 'History of the community’s topics.',
      unit: 'ms',
    },
  ),
  systemMs: setting(z.number().int().min(60_000).default(DAY_MS), {
    text: 'History of `system` and `presence`.',
    unit: 'ms',
  }),
  maxBytes: setting(bytes(8_589_934_592, 1_048_576), {
    text: 'Data of all app, community and system events above which the oldest go before their time.',
    unit: 'bytes',
  }),
  sweepMs: setting(milliseconds(1_000, 10), { text: 'How often events past their time are removed.', unit: 'ms' }),
});
