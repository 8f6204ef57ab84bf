import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CarillonError } from '@carillon/core';
import { isLoopbackHost, type Settings } from './config/index.ts';

import type { MastodonSettings } from './protocols/mastodon/index.ts';
import { DEFAULT_DURABLE_SETTINGS, type DurableSettings } from './protocols/streams/durable/index.ts';
import type { EventsSettings } from './protocols/streams/events/index.ts';
import type { ZulipSettings } from './protocols/zulip/index.ts';
import type { StorageSettings } from './storage/index.ts';
import type { PartialListenerSettings } from './transport/index.ts';

/** Apps by name; the default app exists whether it is configured or not. */
export function appNames(settings: Settings): readonly string[] {
  return [...new Set([settings.auth.defaultApp, ...Object.keys(settings.apps)])];
}

export function storageSettings({ storage, retention, apps }: Settings): StorageSettings {
  const { dataDir, ...rest } = storage;
  const histories = Object.entries(apps).flatMap(([name, { historyMs }]) =>
    historyMs === undefined ? [] : [[name, historyMs] as const],
  );
  return { ...rest, directory: dataDir, retention: { ...retention, apps: Object.fromEntries(histories) } };
}

export function listenerSettings({ community, server, limits, timeouts, hub }: Settings): PartialListenerSettings {
  const { host, port, trustedProxies, corsOrigins } = server;
  const tls = readTls(server);
  const bodyBytesOf = (path: string): number | undefined => {
    if (path.startsWith('/v1/stream/')) return limits.streamBodyBytes;
    if (path === '/v1/ingest/media') return community.mediaBytes;
    // A form has fields beside its file.
    if (/^\/api\/v[12]\/media\/?$/.test(path)) return community.mediaBytes + limits.bodyBytes;
    // Both pictures of a profile.
    return /\/update_credentials\/?$/.test(path) ? 2 * community.mediaBytes + limits.bodyBytes : undefined;
  };
  return {
    host,
    port,
    allowedHosts: allowedHosts(server),
    trustedProxies,
    corsOrigins,
    ...(tls ? { tls } : {}),
    limits: { ...limits, bodyBytesOf },
    timeouts,
    heartbeatMs: hub.heartbeatMs,
    stalledAfterMs: hub.stalledAfterMs,
  };
}

export function eventsSettings({ limits }: Settings): EventsSettings {
  return {
    maxBodyBytes: limits.bodyBytes,
    maxDataBytes: limits.eventBytes,
    maxBatch: limits.batchEvents,
    maxTopics: limits.topicsPerRequest,
    maxMessageBytes: limits.messageBytes,
    messagesPerSecond: limits.messagesPerSecond,
    messageBurst: limits.messageBurst,
    maxPresenceTopics: limits.presenceTopics,
    maxPollWaitMs: limits.pollWaitMs,
    maxPendingPublishes: limits.pendingPublishes,
  };
}

export function durableSettings({ limits }: Settings): DurableSettings {
  return {
    ...DEFAULT_DURABLE_SETTINGS,
    longPollMs: Math.min(DEFAULT_DURABLE_SETTINGS.longPollMs, limits.pollWaitMs),
  };
}

/** Clients use the public address, so its name is always one of those that are restricted to. */
function allowedHosts({ allowedHosts: listed, host, publicUrl }: Settings['server']): readonly string[] {
  const isAnyAllowed = listed.length === 0 && !isLoopbackHost(host);
  if (publicUrl === undefined || isAnyAllowed) return listed;
  const { hostname } = new URL(publicUrl);
  return [...(listed.length > 0 ? listed : ['localhost', '127.0.0.1', '[::1]']), hostname];
}

/** What the internal port is when nobody says: the one after the public port, or a free one beside a free one. */
export function internalPort({ internalPort: wanted, port }: Settings['server']): number {
  return wanted ?? (port === 0 ? 0 : port + 1);
}

function readTls({ tlsCert, tlsKey }: Settings['server']): { cert: string; key: string } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new CarillonError('bad-request', 'TLS needs both server.tlsCert and server.tlsKey');
  }
  return { cert: readPem(tlsCert, 'server.tlsCert'), key: readPem(tlsKey, 'server.tlsKey') };
}

function readPem(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CarillonError('bad-request', `${setting} names ${file}, which cannot be read`, { cause });
  }
}

/** Bounds and names of the Mastodon protocol; `baseUrl` is only known once the server listens. */
export function mastodonSettings(
  { community, limits, storage }: Settings,
  { baseUrl, version }: { readonly baseUrl: () => string; readonly version: string },
): MastodonSettings {
  return {
    baseUrl,
    domain: community.domain,
    title: community.title,
    description: community.description,
    version,
    maxMessageBytes: limits.messageBytes,
    maxSubscriptions: limits.topicsPerRequest,
    maxPostCharacters: community.postCharacters,
    maxMediaBytes: community.mediaBytes,
    maxPixels: community.mediaPixels,
    mediaDirectory: join(storage.dataDir, 'media'),
    registrations: community.registrations,
    callsPerUser: limits.callsPerUser,
    callsPerToken: limits.callsPerToken,
    callsPerAddress: limits.callsPerAddress,
  };
}

export function zulipSettings(
  { community, limits }: Settings,
  { baseUrl }: { readonly baseUrl: () => string },
): ZulipSettings {
  const { domain, title, description, registrations } = community;
  const { callsPerUser, callsPerAddress } = limits;
  return { baseUrl, domain, title, description, registrations, callsPerUser, callsPerAddress };
}
