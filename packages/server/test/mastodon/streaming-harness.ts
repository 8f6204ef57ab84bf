import { createHash, randomBytes } from 'node:crypto';
import type { Principal } from '@carillon/core';
import { type CredentialGate, createAuthenticator, createGate } from '../../src/auth/index.ts';
import { SETTINGS as AUTH } from '../../src/auth/testing/open-auth.ts';
import { createAccessToken, revokeAccessToken } from '../../src/domain/index.ts';
import { type OpenDomain, openDomain } from '../../src/domain/testing/open-domain.ts';
import { createHub, type Hub } from '../../src/hub/index.ts';
import { createStreaming } from '../../src/protocols/mastodon/streaming/index.ts';
import type { StorageSettings } from '../../src/storage/index.ts';
import { createListener, type Listener, type PartialListenerSettings } from '../../src/transport/index.ts';
import { createViews, type Views } from '../../src/view/index.ts';

export const ALL_SCOPES = ['read', 'write', 'follow'];

export interface StreamingServer extends AsyncDisposable {
  readonly url: string;
  readonly domain: OpenDomain;
  readonly gate: CredentialGate;
  readonly hub: Hub;
  readonly views: Views;
  readonly listener: Listener;
  /** What was reported as a bug. */
  readonly failures: unknown[];
  /** A new access token of an account. */
  token(account: number, scopes?: readonly string[]): Promise<string>;
  revoke(token: string): Promise<void>;
}

export interface StreamingOptions {
  readonly maxSubscriptions?: number;
  readonly listener?: PartialListenerSettings;
  readonly storage?: Partial<StorageSettings>;
  /** Views that answer otherwise, for what only they can cause. */
  readonly views?: (views: Views) => Views;
}

/** Composes log, domain, views, hub, transport and Mastodon's streams as the server does. */
export async function startStreaming(options: StreamingOptions = {}): Promise<StreamingServer> {
  const domain = await openDomain(undefined, options.storage);
  const { log } = domain;
  const failures: unknown[] = [];
  const failed = (error: unknown) => void failures.push(error);
  const now = Date.now;
  const gate = await createGate({ log, commands: log, now, failed });
  const authenticator = createAuthenticator({ settings: AUTH, apps: ['default'], commands: log, gate, now });
  const opened = createViews({ log, commands: log, now, failed });
  const views = options.views?.(opened) ?? opened;
  const hub = createHub({ log, settings: {} });
  const streaming = createStreaming({
    authenticator,
    gate,
    hub,
    log,
    views,
    failed,
    settings: {
      baseUrl: () => 'https://example.org',
      domain: 'example.org',
      maxMessageBytes: 65_536,
      maxSubscriptions: options.maxSubscriptions ?? 100,
    },
  });
  const isValid = (principal: Principal) => gate.isValid(principal);
  const listener = createListener({
    rest: streaming.rest,
    routes: streaming.streams,
    isValid,
    events: { failed },
    ...(options.listener ? { settings: options.listener } : {}),
  });
  gate.onRevoked((credentialId) => {
    hub.recheck();
    listener.connections.closeWhere((principal) => principal.credentialId === credentialId, 'revoked');
  });
  await listener.listen();
  const ids = new Map<string, number>();
  const entry = { actor: 'test', action: 'test', target: 'test' };
  return {
    url: listener.url,
    domain,
    gate,
    hub,
    views,
    listener,
    failures,
    async token(account, scopes = ALL_SCOPES) {
      const text = randomBytes(32).toString('base64url');
      const digest = createHash('sha256').update(text).digest();
      const { id } = await domain.run(createAccessToken, {
        input: { account, kind: 'access', digest, scopes },
        entry,
      });
      ids.set(text, id);
      return text;
    },
    async revoke(token) {
      await domain.run(revokeAccessToken, { input: { id: ids.get(token) ?? 0 }, entry });
    },
    async [Symbol.asyncDispose]() {
      await listener.close();
      hub.close();
      opened.close();
      gate.close();
      await domain[Symbol.asyncDispose]();
    },
  };
}
