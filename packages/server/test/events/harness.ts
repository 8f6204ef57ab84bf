import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarillonError, isGranted, type Principal } from '@carillon/core';
import type { Authenticator, Gate } from '../../src/auth/index.ts';
import {
  createHub,
  createLocalBus,
  createLocalLeases,
  createPresence,
  type Hub,
  type HubSettings,
} from '../../src/hub/index.ts';
import { type Log, openLog } from '../../src/log/index.ts';
import { createEventsProtocol, type EventsSettings } from '../../src/protocols/streams/events/index.ts';
import { STORAGE_DEFAULTS } from '../../src/storage/index.ts';
import { THREADS } from '../../src/threads.ts';
import { createListener, type Listener, type PartialListenerSettings } from '../../src/transport/index.ts';
import { createViews } from '../../src/view/index.ts';

export { DEADLINE_MS } from './deadline.ts';

export const EVENTS_SETTINGS: EventsSettings = {
  maxBodyBytes: 1_048_576,
  maxDataBytes: 1_048_576,
  maxBatch: 1_000,
  maxTopics: 1_000,
  maxMessageBytes: 1_048_576,
  messagesPerSecond: 20,
  messageBurst: 60,
  maxPresenceTopics: 100,
  maxPollWaitMs: 60_000,
  maxPendingPublishes: 20_000,
};

/** Credentials that a test hands out and takes back; the rules themselves are core's. */
export class TestCredentials implements Authenticator, Gate {
  readonly #principals = new Map<string, Principal>();
  readonly #revoked = new Set<string>();
  readonly #listeners = new Set<(credentialId: string) => void>();
  /** Runs once a credential was recognised, before its request goes on. */
  afterLogin: ((token: string) => void) | undefined;

  /** A token that may do everything a native token may, unless it is told otherwise. */
  issue(token: string, wish: Partial<Principal> = {}): string {
    const grants = { publish: ['*'], subscribe: ['*'] };
    const principal = { id: `jwt:${token}`, app: 'default', grants, admin: false, credentialId: `c-${token}`, ...wish };
    this.#principals.set(token, principal);
    return token;
  }

  revoke(token: string): void {
    this.#revoked.add(`c-${token}`);
    for (const listener of this.#listeners) listener(`c-${token}`);
  }

  async authenticate({ authorization, accessToken }: Parameters<Authenticator['authenticate']>[0]): Promise<Principal> {
    const token = authorization?.replace(/^Bearer /, '') ?? accessToken ?? '';
    const principal = this.#principals.get(token);
    if (!principal || !this.isValid(principal))
      throw new CarillonError('unauthorized', 'a valid credential is required');
    this.afterLogin?.(token);
    return principal;
  }

  isAllowed(principal: Principal, action: 'publish' | 'subscribe', topic: string): boolean {
    return this.isValid(principal) && isGranted(principal.grants, principal.app, action, topic);
  }

  require(principal: Principal, action: 'publish' | 'subscribe', topics: readonly string[]): void {
    if (!this.isValid(principal)) throw new CarillonError('unauthorized', 'a valid credential is required');
    const refused = topics.find((topic) => !this.isAllowed(principal, action, topic));
    if (refused !== undefined) {
      throw new CarillonError('forbidden', `the credential does not grant ${action} on "${refused}"`);
    }
  }

  isValid({ credentialId, expiresAtMs }: Principal): boolean {
    return !this.#revoked.has(credentialId) && (expiresAtMs === undefined || expiresAtMs > Date.now());
  }

  onRevoked(listener: (credentialId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export interface EventsServer extends AsyncDisposable {
  readonly url: string;
  readonly log: Log;
  readonly hub: Hub;
  readonly credentials: TestCredentials;
  readonly listener: Listener;
  /** What was reported as a bug. */
  readonly failures: unknown[];
}

export interface EventsServerOptions {
  readonly settings?: Partial<EventsSettings>;
  readonly hub?: Partial<HubSettings>;
  readonly listener?: PartialListenerSettings;
}

/** Composes log, hub, transport and this protocol as the server does, over real sockets and a real disk. */
export async function startEvents(options: EventsServerOptions = {}): Promise<EventsServer> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-events-'));
  const log = await openLog({ settings: { ...STORAGE_DEFAULTS, directory }, threads: THREADS });
  const credentials = new TestCredentials();
  const failures: unknown[] = [];
  const views = createViews({ log, commands: log, now: Date.now, failed: (error) => void failures.push(error) });
  const hub = createHub({ log, settings: options.hub ?? {} });
  const presence = createPresence({ bus: createLocalBus(), leases: createLocalLeases() });
  const failed = (error: unknown) => void failures.push(error);
  const protocol = createEventsProtocol({
    authenticator: credentials,
    gate: credentials,
    hub,
    views,
    log,
    sequencer: log,
    presence,
    settings: { ...EVENTS_SETTINGS, ...options.settings },
    failed,
  });
  if (!protocol.rest) throw new Error('the protocol has no REST routes');
  const listener = createListener({
    rest: protocol.rest,
    routes: protocol.streams,
    isValid: (principal) => credentials.isValid(principal),
    events: { failed },
    settings: { ...options.listener },
  });
  credentials.onRevoked((credentialId) => {
    listener.connections.closeWhere((principal) => principal.credentialId === credentialId, 'revoked');
    hub.recheck();
  });
  await listener.listen();
  return {
    url: listener.url,
    log,
    hub,
    credentials,
    listener,
    failures,
    async [Symbol.asyncDispose]() {
      await listener.close();
      hub.close();
      views.close();
      presence.close();
      await log.close();
      await rm(directory, { recursive: true });
    },
  };
}
