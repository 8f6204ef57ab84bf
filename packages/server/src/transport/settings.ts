import type { Principal } from '@carillon/core';
import { isLoopbackAddress } from './address.ts';

/** What a listener may be told. Times are milliseconds, sizes bytes. */
export interface ListenerSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** PEM texts; with both the listener speaks TLS only. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Host names without port that requests may name. Empty: this machine's own on a loopback listener, else any. */
  readonly allowedHosts: readonly string[];
  /** Addresses or CIDR ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins that browsers may call from; `*` is any. */
  readonly corsOrigins: readonly string[];
  /** Paths below these prefixes never get CORS headers. */
  readonly withoutCors: readonly string[];
  readonly limits: ListenerLimits;
  readonly timeouts: ListenerTimeouts;
  /** Quiet time after which an open stream says that it is still here. */
  readonly heartbeatMs: number;
  /** A connection whose owner says that it took no byte for this long is closed. */
  readonly stalledAfterMs: number;
  /**
   * Takes stream requests out of Node's HTTP machinery (kernel K15). Off, the ordinary handler answers the same at
   * four times the memory: the way out if a Node version breaks the undocumented accessor.
   */
  readonly takeOver: boolean;
}

export interface ListenerLimits {
  readonly bodyBytes: number;
  /** Another body limit for some paths. */
  readonly bodyBytesOf?: (path: string) => number | undefined;
  readonly urlBytes: number;
  readonly headerBytes: number;
  readonly headers: number;
  /** Open streams, parked polls and WebSockets: in all, of one address, of one principal. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly connectionsPerPrincipal: number;
  /** WebSocket frames of one connection, on average and at once. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
}

export interface ListenerTimeouts {
  readonly headMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** How long an ordinary answer may wait for its client to take a byte. */
  readonly idleMs: number;
  /** From a stream or upgrade request to its answer, unless it is parked. */
  readonly loginMs: number;
  /** How long a closed connection may take to say its last bytes. */
  readonly lingerMs: number;
}

const DEFAULT_LISTENER_SETTINGS: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  allowedHosts: [],
  trustedProxies: [],
  corsOrigins: ['*'],
  withoutCors: ['/dev/', '/oauth/authorize'],
  limits: {
    bodyBytes: 1_048_576,
    urlBytes: 65_536,
    headerBytes: 81_920,
    headers: 100,
    connections: 200_000,
    connectionsPerAddress: 20_000,
    connectionsPerPrincipal: 50_000,
    messagesPerSecond: 200,
    messageBurst: 1_000,
  },
  timeouts: {
    headMs: 10_000,
    requestMs: 15_000,
    keepAliveMs: 65_000,
    idleMs: 60_000,
    loginMs: 10_000,
    lingerMs: 2_000,
  },
  heartbeatMs: 15_000,
  stalledAfterMs: 180_000,
  takeOver: true,
};

/** What a caller may leave out. */
export type PartialListenerSettings = Partial<Omit<ListenerSettings, 'limits' | 'timeouts'>> & {
  readonly limits?: Partial<ListenerLimits>;
  readonly timeouts?: Partial<ListenerTimeouts>;
};

export function completeSettings(partial: PartialListenerSettings): ListenerSettings {
  const { limits, timeouts } = DEFAULT_LISTENER_SETTINGS;
  return {
    ...DEFAULT_LISTENER_SETTINGS,
    ...partial,
    limits: { ...limits, ...partial.limits },
    timeouts: { ...timeouts, ...partial.timeouts },
  };
}

/** The names that requests may give as Host; `undefined` when any will do. */
export function hostRule(settings: ListenerSettings): ((name: string) => boolean) | undefined {
  if (settings.allowedHosts.length > 0) {
    const allowed = new Set(settings.allowedHosts.map((host) => host.toLowerCase()));
    return (name) => allowed.has(name);
  }
  return isLoopbackAddress(settings.host) ? isLoopbackAddress : undefined;
}

/** Whether a principal's credential still stands, asked once more when a connection is opened. */
export type IsValid = (principal: Principal) => boolean;
