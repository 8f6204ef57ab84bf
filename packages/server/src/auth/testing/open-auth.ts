import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERRORS, toErrorValue } from '@carillon/core';
import { Hono } from 'hono';
import { type Log, openLog } from '../../log/index.ts';
import { createBodyRenderer } from '../../render/index.ts';
import { STORAGE_DEFAULTS } from '../../storage/index.ts';
import { THREADS } from '../../threads.ts';
import {
  type AuthSettings,
  type CredentialAuthenticator,
  type CredentialGate,
  createAdminRoutes,
  createAuthenticator,
  createGate,
} from '../index.ts';

export const ADMIN_TOKEN = 'an-admin-token-of-at-least-32-characters';

export const SETTINGS: AuthSettings = {
  adminToken: ADMIN_TOKEN,
  defaultApp: 'default',
  anonymous: { publish: [], subscribe: [] },
  jwt: {
    secrets: ['a-secret-of-at-least-thirty-two-characters'],
    publicKeys: [],
    jwksAlgorithms: ['RS256'],
    audience: 'carillon',
    clockSkewMs: 30_000,
    maxLifetimeMs: 86_400_000,
  },
  cachedTokens: 1_000,
};

export interface OpenAuth extends AsyncDisposable {
  readonly dataDir: string;
  readonly log: Log;
  readonly gate: CredentialGate;
  readonly authenticator: CredentialAuthenticator;
  /** Moves the clock of gate, authenticator and routes; the log keeps its own. */
  advance(ms: number): void;
  /** Calls an administrators' route, as the administrator unless told otherwise. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** Everything of this room over a real log in a folder of its own, or in one that is there. */
export async function openAuth(settings: Partial<AuthSettings> = {}, dataDir?: string): Promise<OpenAuth> {
  const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'carillon-auth-'));
  const log = await openLog({ settings: { ...STORAGE_DEFAULTS, directory, readerThreads: 1 }, threads: THREADS });
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const failed = (error: unknown) => {
    throw error;
  };
  const gate = await createGate({ log, commands: log, now, failed });
  const merged = { ...SETTINGS, ...settings };
  const apps = ['default', 'shop'];
  const authenticator = createAuthenticator({ settings: merged, apps, commands: log, gate, now });
  const root = new Hono();
  root.onError((error) => Response.json(toErrorValue(error), { status: ERRORS[toErrorValue(error).code].status }));
  const bodies = createBodyRenderer({
    commands: log,
    domain: 'example.org',
    baseUrl: () => 'https://example.org',
    maxMarkdownCharacters: 10_000,
  });
  root.route(
    '/',
    createAdminRoutes({
      authenticator,
      gate,
      commands: log,
      settings: merged,
      apps,
      domain: 'example.org',
      organization: { title: 'Verona', description: '', registrations: false },
      bodies,
      now,
    }),
  );
  return {
    dataDir: directory,
    log,
    gate,
    authenticator,
    advance: (ms) => void (ahead += ms),
    async call(method, path, body, headers = {}) {
      const all = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', ...headers };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await root.request(path, {
        method,
        headers: all,
        ...(body === undefined ? {} : { body: text }),
      });
      const answer = await response.text();
      return { status: response.status, text: answer, body: readObject(answer), headers: response.headers };
    },
    async [Symbol.asyncDispose]() {
      gate.close();
      await bodies.close();
      await log.close();
      if (dataDir === undefined) rmSync(directory, { recursive: true });
    },
  };
}

function readObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
