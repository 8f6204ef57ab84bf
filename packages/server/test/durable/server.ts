import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grants } from '@carillon/core';
import { loadSettings } from '../../src/config/index.ts';
import { mintToken, type RunningServer, startServer } from '../../src/main.ts';

const SECRET = 'secret-of-more-than-thirty-two-characters';
const ADMIN_TOKEN = 'administrator-of-more-than-thirty-two-characters';

export interface DurableServerOptions {
  readonly longPollMs?: number;
  /** Without a credential: everything under `stream:default/`, unless this says otherwise. */
  readonly anonymous?: Grants;
}

export interface DurableServer {
  readonly url: string;
  /** A bearer token with these grants in the default app. */
  token(grants: Grants): Promise<{ readonly token: string; readonly credentialId: string }>;
  revoke(credentialId: string): Promise<void>;
  /** Stops, and starts again on the same data; the port changes. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The whole server on a directory of its own, as `carillon serve` starts it. */
export async function startDurableServer(options: DurableServerOptions = {}): Promise<DurableServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'carillon-durable-'));
  const all = { publish: ['stream:default/*'], subscribe: ['stream:default/*'] };
  const anonymous = options.anonymous ?? all;
  const loaded = loadSettings({
    env: {},
    presets: {
      'storage.dataDir': dataDir,
      'server.port': 0,
      'log.level': 'error',
      'limits.pollWaitMs': options.longPollMs ?? 30_000,
      'auth.anonymous.publish': anonymous.publish,
      'auth.anonymous.subscribe': anonymous.subscribe,
      'auth.jwt.secrets': [SECRET],
      'auth.adminToken': ADMIN_TOKEN,
    },
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { settings } = loaded;
  let running: RunningServer = await startServer(settings);
  return {
    get url() {
      return running.url;
    },
    token: (grants) => mintToken({ app: 'default', grants, lifetimeMs: 60_000 }, settings.auth.jwt, Date.now()),
    async revoke(credentialId) {
      const response = await fetch(`${running.url}/admin/tokens/revoke`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ credentialId }),
      });
      if (!response.ok) throw new Error(`revoking gave ${response.status}: ${await response.text()}`);
    },
    async restart() {
      await running.close();
      running = await startServer(settings);
    },
    async close() {
      await running.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
