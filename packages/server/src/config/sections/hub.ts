import * as z from 'zod';
import { bytes, count, milliseconds, setting } from '../setting.ts';

/** How readers are served and how a server says goodbye. */
export const hubSection = z.strictObject({
  flushFloorMs: setting(milliseconds(5, 0, 1_000), {
    text: 'Least time between two delivery passes under load; an idle server delivers at once.',
    unit: 'ms',
  }),
  slice: setting(count(250, 1, 100_000), {
    text: 'Sockets written in one go before other work gets its turn.',
    unit: 'count',
  }),
  pendingBytes: setting(bytes(262_144, 4_096), {
    text: 'Bytes a socket may have waiting before its reader is served from the log at its own pace.',
    unit: 'bytes',
  }),
  stalledAfterMs: setting(milliseconds(180_000, 1_000), {
    text: 'A socket that took no byte for this long while some waited is closed; its client may resume.',
    unit: 'ms',
  }),
  heartbeatMs: setting(milliseconds(30_000, 100), {
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
