import * as z from 'zod';
import { bytes, count, milliseconds, setting } from '../setting.ts';

/** How readers are served and how a server says goodbye. */
export const hubSection = z.strictObject({
  flushFloorMs: setting(milliseconds(5, 0, 1_000), {
    text: 'Least time between two delivery passes under load; an idle server delivers at once.',
    unit: 'ms',
  }),
  writesPerTurn: setting(count(250, 1, 100_000), {
    text: 'Sockets written in one go before other work gets its turn.',
    unit: 'count',
  }),
  maxPendingBytes: setting(bytes(262_144, 4_096), {
    text: 'Bytes a socket may have waiting before its reader is served from the log at its own pace.',
    unit: 'bytes',
  }),
  maxWriteBytes: setting(bytes(65_536, 4_096), {
    text: 'Frames are handed to a socket in pieces of at most this size, but whole.',
    unit: 'bytes',
  }),
  maxReads: setting(count(32, 1, 10_000), {
    text: 'Readers that read from the log at the same time; the others wait in line.',
    unit: 'count',
  }),
  pageEvents: setting(count(512, 1, 100_000), { text: 'Events in one page of a replay.', unit: 'events' }),
  pageBytes: setting(bytes(131_072, 1_024), { text: 'Data in one page of a replay.', unit: 'bytes' }),
  keptFrameBytes: setting(bytes(4_194_304, 65_536), {
    text: 'Memory for encoded frames, for readers that are a little behind.',
    unit: 'bytes',
  }),
  recentEvents: setting(count(1_024, 16), {
    text: 'Recent events at hand for readers that join the live ones.',
    unit: 'events',
  }),
  recentBytes: setting(bytes(1_048_576, 65_536), {
    text: 'Data of recent events at hand for readers that join the live ones.',
    unit: 'bytes',
  }),
  stalledAfterMs: setting(milliseconds(180_000, 1_000), {
    text: 'A socket that took no byte for this long while some waited is closed; its client may resume.',
    unit: 'ms',
  }),
  heartbeatMs: setting(milliseconds(15_000, 100), {
    text: 'Quiet time after which an open stream says that it is still here.',
    unit: 'ms',
  }),
  drainMs: setting(milliseconds(5_000), {
    text: 'Time over which open connections are ended, with jitter, after SIGTERM.',
    unit: 'ms',
  }),
  presenceMs: setting(milliseconds(60_000, 1_000), {
    text: 'How long a member of a presence list is believed without a sign of life.',
    unit: 'ms',
  }),
});
