import * as z from 'zod';
import { bytes, count, milliseconds, setting } from '../setting.ts';

/** Where the log lives and how much of it stays. */
export const storageSection = z.strictObject({
  dataDir: setting(z.string().min(1).default('./carillon-data'), {
    text: 'Directory of the log and the state; made when absent. `carillon dev` uses `./.carillon`.',
    short: 'data',
  }),
  tailBytes: setting(bytes(67_108_864, 65_536), {
    text: 'Memory for recent events with their frames. Readers within it never touch the disk.',
    unit: 'bytes',
  }),
  reserveBytes: setting(bytes(67_108_864, 0), {
    text: 'Free disk space below which publishes are refused with 507, so that reads, erasure and restart still work.',
    unit: 'bytes',
  }),
  readerThreads: setting(count(2, 1, 64), { text: 'Threads that read the log and the state.', unit: 'count' }),
  acceptLoss: setting(z.boolean().default(false), {
    text: 'Start although history is damaged or missing: what is left is kept under a new epoch, and clients are told of the gap.',
    short: 'accept-loss',
  }),
});

const DAY_MS = 86_400_000;

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
  systemMs: setting(z.number().int().min(60_000).default(DAY_MS), { text: 'History of `system`.', unit: 'ms' }),
  maxBytes: setting(z.number().int().min(1_048_576).optional(), {
    text: 'Size of all events’ data above which the oldest of app and community topics go first. Without it only age counts.',
    unit: 'bytes',
  }),
  sweepMs: setting(milliseconds(30_000, 100), { text: 'How often events past their time are removed.', unit: 'ms' }),
  idempotencyMs: setting(z.number().int().min(60_000).default(DAY_MS), {
    text: 'How long an idempotency key is remembered.',
    unit: 'ms',
  }),
});
