import { join } from 'node:path';
import type { Hono } from 'hono';
import type * as z from 'zod';
import { makeAccessToken } from '../../../auth/access-token.ts';
import { createAuthenticator, createGate } from '../../../auth/index.ts';
import { createAccessToken } from '../../../domain/index.ts';
import { type OpenDomain, openDomain } from '../../../domain/testing/open-domain.ts';
import { createHub } from '../../../hub/index.ts';
import { createMediaStore } from '../../../media/index.ts';
import { createBodyRenderer } from '../../../render/index.ts';
import { createViews } from '../../../view/index.ts';
import type { MastodonDependencies, MastodonSettings } from '../dependencies.ts';
import { createRest } from '../rest.ts';

export const BASE_URL = 'https://social.example';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** Checked against the schema of an entity. */
  as<Schema extends z.ZodType>(schema: Schema): z.infer<Schema>;
}

export interface RestRequest {
  readonly token?: string;
  /** Sent as JSON; forms go as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OpenRest extends AsyncDisposable {
  readonly domain: OpenDomain;
  readonly deps: MastodonDependencies;
  readonly app: Hono;
  /** A new token of an account. */
  token(account: number, ...scopes: readonly string[]): Promise<string>;
  call(method: string, path: string, request?: RestRequest): Promise<RestAnswer>;
  /** Moves the clock of calls; the log keeps its own. */
  advance(ms: number): void;
}

/** This protocol's REST over a real log in a folder of its own, called without a socket. */
export async function openRest(settings: Partial<MastodonSettings> = {}): Promise<OpenRest> {
  await using opened = new AsyncDisposableStack();
  const domain = opened.use(await openDomain());
  const { log } = domain;
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const failed = (error: unknown): never => {
    throw error;
  };
  const gate = await createGate({ log, commands: log, now, failed });
  opened.defer(() => gate.close());
  const views = createViews({ log, commands: log, now, failed });
  opened.defer(() => views.close());
  const hub = createHub({ log });
  opened.defer(() => hub.close());
  const authenticator = createAuthenticator({ settings: AUTH, apps: ['default'], commands: log, gate, now });
  const all = { ...settingsIn(domain.dataDir), ...settings };
  const media = createMediaStore({
    directory: all.mediaDirectory,
    maxBytes: all.maxMediaBytes,
    maxPixels: all.maxPixels,
    maxUploadBytes: 4 * all.maxMediaBytes,
  });
  const bodies = createBodyRenderer({
    ...{ commands: log, domain: all.domain, baseUrl: all.baseUrl },
    maxMarkdownCharacters: 10_000,
  });
  opened.defer(() => bodies.close());
  const deps = { authenticator, gate, hub, log, views, commands: log, media, bodies, settings: all, now, failed };
  const app = createRest(deps);
  const owned = opened.move();
  return {
    domain,
    deps,
    app,
    async token(account, ...scopes) {
      const { text, digest } = makeAccessToken();
      const input = { account, kind: 'access' as const, digest, scopes };
      await domain.run(createAccessToken, { input, entry: { actor: 'test', action: 'tokens.create', target: 'test' } });
      return text;
    },
    call: async (method, path, request = {}) => answerOf(await app.request(path, initOf(method, request))),
    advance: (ms) => void (ahead += ms),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function initOf(method: string, { token, body, headers = {} }: RestRequest): RequestInit {
  const isForm = body instanceof FormData || body instanceof URLSearchParams;
  return {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  };
}

async function answerOf(response: Response): Promise<RestAnswer> {
  const text = await response.text();
  const body: unknown = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text;
  return {
    status: response.status,
    headers: response.headers,
    body,
    as(schema) {
      if (response.status !== 200) throw new Error(`answered ${response.status}: ${text}`);
      return schema.parse(body);
    },
  };
}

function settingsIn(dataDir: string): MastodonSettings {
  return {
    baseUrl: () => BASE_URL,
    domain: 'social.example',
    title: 'Verona',
    description: 'Where we lay our scene.',
    version: '0.1.0',
    maxMessageBytes: 65_536,
    maxSubscriptions: 100,
    maxPostCharacters: 500,
    maxMediaBytes: 100_000,
    maxPixels: 1_000_000,
    mediaDirectory: join(dataDir, 'media'),
    registrations: false,
    callsPerUser: 100_000,
    callsPerToken: 100_000,
    callsPerAddress: 100_000,
  };
}

const AUTH = {
  defaultApp: 'default',
  anonymous: { publish: [], subscribe: [] },
  jwt: {
    secrets: ['a-secret-of-at-least-thirty-two-characters'],
    publicKeys: [],
    jwksAlgorithms: ['RS256' as const],
    audience: 'carillon',
    clockSkewMs: 30_000,
    maxLifetimeMs: 86_400_000,
  },
  cachedTokens: 1_000,
};
