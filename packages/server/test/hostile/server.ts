import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grants } from '@carillon/core';
import { loadSettings, type RunningServer, startServer } from '../../src/index.ts';
import { mintToken } from '../../src/main.ts';
import type { Secrets } from './problem.ts';

export const JWT_SECRET = 'secret-of-more-than-thirty-two-characters';
const ADMIN_TOKEN = 'administrator-of-more-than-thirty-two-characters';

export interface HostileServer extends AsyncDisposable, Secrets {
  readonly url: string;
  readonly port: number;
  readonly internalPort: number;
  readonly adminToken: string;
  readonly dataDir: string;
  /** May publish and subscribe to everything in the default app that a grant `*` reaches. */
  readonly full: string;
  /** May only publish and subscribe under `room/`, in topics and streams. */
  readonly narrow: string;
  token(grants: Partial<Grants>, options?: { readonly app?: string; readonly nowMs?: number }): Promise<string>;
}

const ROOM = ['room/*', 'stream:default/room/*'];

/** The whole server as `carillon dev` starts it, with a second app, under the settings that it ships with. */
export async function startHostileServer(
  presets: Readonly<Record<string, unknown>> = {},
  { dev = true }: { readonly dev?: boolean } = {},
): Promise<HostileServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'carillon-hostile-'));
  const loaded = loadSettings({
    env: {},
    presets: {
      'storage.dataDir': dataDir,
      'server.port': 0,
      'log.level': 'error',
      // Longer than the slowest machine takes for these tests.
      'retention.appMs': 3_600_000,
      'auth.jwt.secrets': [JWT_SECRET],
      'auth.adminToken': ADMIN_TOKEN,
      apps: { default: {}, other: {} },
      ...presets,
    },
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { settings } = loaded;
  const server: RunningServer = await startServer(settings, { dev });
  const token: HostileServer['token'] = async (grants, { app = 'default', nowMs = Date.now() } = {}) => {
    const request = { app, grants: { publish: [], subscribe: [], ...grants }, lifetimeMs: 3_600_000 };
    return (await mintToken(request, settings.auth.jwt, nowMs)).token;
  };
  const full = await token({ publish: ['*'], subscribe: ['*'] });
  const narrow = await token({ publish: ROOM, subscribe: ROOM });
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    internalPort: Number(new URL(server.internalUrl).port),
    adminToken: ADMIN_TOKEN,
    dataDir,
    full,
    narrow,
    secrets: [JWT_SECRET, ADMIN_TOKEN, dataDir, full, narrow],
    token,
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
