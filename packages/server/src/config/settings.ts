import * as z from 'zod';
import { appsSetting, authSection } from './sections/auth.ts';
import { communitySection } from './sections/community.ts';
import { hubSection } from './sections/hub.ts';
import { limitsSection, timeoutsSection } from './sections/limits.ts';
import { serverSection } from './sections/server.ts';
import { retentionSection, storageSection } from './sections/storage.ts';
import { setting } from './setting.ts';

/** Every setting, once: types, defaults, environment names, flags and the reference page come from here. */
export const settingsSchema = z.strictObject({
  server: serverSection.prefault({}),
  limits: limitsSection.prefault({}),
  timeouts: timeoutsSection.prefault({}),
  storage: storageSection.prefault({}),
  retention: retentionSection.prefault({}),
  hub: hubSection.prefault({}),
  auth: authSection.prefault({}),
  apps: appsSetting,
  community: communitySection.prefault({}),
  log: z
    .strictObject({
      level: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'), {
        text: 'Least severity that is written to standard error, one JSON object a line.',
        short: 'log-level',
      }),
    })
    .prefault({}),
  test: z
    .strictObject({
      echo: setting(z.boolean().default(false), {
        text: 'Serves a WebSocket at `/test/echo` that sends every message back: for protocol test suites, not for production.',
      }),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;
