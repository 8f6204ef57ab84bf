import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Principal, toErrorValue } from '@carillon/core';
import { type Context, Hono } from 'hono';
import {
  createAdminRoutes,
  createAuthenticator,
  createDevRoutes,
  createGate,
  type DevCredentials,
  devToken,
  openDevSecrets,
  RateLimiter,
  seedDevCommunity,
  seedDevPlaces,
  withDevSecrets,
} from './auth/index.ts';
import type { Settings } from './config/index.ts';
import { createConsoleRoutes } from './console/index.ts';
import { createProbe } from './health/index.ts';
import { createHub, createLocalBus, createLocalLeases, createPresence } from './hub/index.ts';
import { startJobs } from './jobs/index.ts';
import { openLog } from './log/index.ts';
import { counted, timed, timedReads } from './measured-log.ts';
import { createMediaStore, startMediaChores } from './media/index.ts';
import { startAccountPresence } from './presence/index.ts';
import { createIngest } from './protocols/ingest/index.ts';
import { createMastodon } from './protocols/mastodon/index.ts';
import type { Protocol } from './protocols/protocol.ts';
import { createDurableStreams } from './protocols/streams/durable/index.ts';
import { createEventsProtocol } from './protocols/streams/events/index.ts';
import { createZulip } from './protocols/zulip/index.ts';
import { createBodyRenderer } from './render/index.ts';
import {
  appNames,
  durableSettings,
  eventsSettings,
  internalPort,
  listenerSettings,
  mastodonSettings,
  storageSettings,
  zulipSettings,
} from './room-settings.ts';
import { startScheduler } from './scheduler/index.ts';
import { sharedAddresses } from './shared-addresses.ts';
import { createLogger, createMetrics, createTelemetry } from './telemetry/index.ts';
import { THREADS } from './threads.ts';
import { createEchoRoute, createInternalListener, createListener, type ProblemAt, problem } from './transport/index.ts';
import { unknownAddress } from './unknown-address.ts';
import { createViews, openSuspensions } from './view/index.ts';

export { mintToken } from './auth/index.ts';

export interface ServerOptions {
  /** Makes and gives out credentials of its own; only for this machine. */
  readonly dev?: boolean;
  readonly version?: string;
}

export interface RunningServer {
  readonly url: string;
  readonly internalUrl: string;
  /** In development only. */
  readonly dev?: DevCredentials;
  /** Readiness fails, every connection is told goodbye over `hub.drainMs`, nothing new is accepted. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Puts the parts together and listens. Throws `CarillonError` saying what to do when a setting, the data directory or
 * a port cannot be used. What was opened is closed again in reverse order, on failure too.
 */
export async function startServer(settings: Settings, options: ServerOptions = {}): Promise<RunningServer> {
  await using opened = new AsyncDisposableStack();
  const telemetry = createTelemetry(createLogger({ level: settings.log.level }), createMetrics());
  opened.defer(() => telemetry.metrics.close());
  const log = await openLog({
    settings: storageSettings(settings),
    threads: THREADS,
    onNotice: ({ level, message }) => telemetry.log[level]({ part: 'storage' }, message),
  });
  opened.defer(() => log.close());
  const sequencer = timed(log, telemetry);
  const commands = counted(log, telemetry);
  telemetry.metrics.onScrape(() => telemetry.metrics.set('logPosition', {}, log.head.position));

  const { dataDir } = settings.storage;
  const auth = options.dev ? withDevSecrets(settings.auth, openDevSecrets(dataDir)) : settings.auth;
  const apps = appNames(settings);
  const now = Date.now;
  const leases = createLocalLeases({ now });
  const accountPresence = startAccountPresence({
    ...{ commands, log, leases, now },
    graceMs: settings.community.presenceGraceMs,
    ttlMs: settings.hub.presenceMs,
    maxMembers: settings.community.presenceMembers,
    failed: (error) => telemetry.failed(error, 'presence'),
  });
  opened.defer(() => accountPresence.close());
  // Before the hub, so that views know each event first.
  const views = createViews({
    ...{ log, commands, now },
    connected: (account, isConnected) => accountPresence.connected(account, isConnected),
    failed: (error) => telemetry.failed(error, 'views'),
  });
  opened.defer(() => views.close());
  const failedSuspensions = (error: unknown): void => telemetry.failed(error, 'suspensions');
  const suspensions = await openSuspensions({ log, commands, failed: failedSuspensions });
  opened.defer(() => suspensions.close());
  const gate = await createGate({ log, commands, views, now, failed: (error) => telemetry.failed(error, 'gate') });
  opened.defer(() => gate.close());
  const refused = telemetry.credentialRefused;
  const authenticator = createAuthenticator({ settings: auth, apps, commands, gate, now, refused });

  const hub = createHub({
    log: timedReads(log, telemetry),
    settings: settings.hub,
    events: telemetry,
    now,
    hides: (event) => suspensions.hides(event),
  });
  opened.defer(() => hub.close());
  telemetry.metrics.onScrape(() => {
    const { readers, lagging, waits } = hub.counts;
    telemetry.metrics.set('subscriptions', { state: 'live' }, readers - lagging);
    telemetry.metrics.set('subscriptions', { state: 'lagging' }, lagging);
    telemetry.metrics.set('subscriptions', { state: 'wait' }, waits);
  });
  const presence = createPresence({
    bus: createLocalBus(),
    leases,
    ttlMs: settings.hub.presenceMs,
    maxTopicsPerConnection: settings.limits.presenceTopics,
  });
  opened.defer(() => presence.close());

  const parts = { authenticator, gate, hub, log, sequencer, commands };
  const report = (error: unknown) => telemetry.failed(error, 'durable-streams');
  const durable = createDurableStreams({ ...parts, settings: durableSettings(settings), report });
  opened.defer(() => durable.close());
  const events = createEventsProtocol({
    ...parts,
    views,
    presence,
    settings: eventsSettings(settings),
    failed: telemetry.failed,
    resumed: telemetry.resumed,
  });
  const { domain, mediaBytes, mediaPixels, uploadBytes } = settings.community;
  const baseUrl = (): string => settings.server.publicUrl ?? listener.url;
  const directory = join(dataDir, 'media');
  const media = createMediaStore({
    ...{ directory, maxUploadBytes: uploadBytes },
    ...{ maxBytes: mediaBytes, maxPixels: mediaPixels },
  });
  const failedTidying = (error: unknown): void => telemetry.failed(error, 'media');
  const mediaChores = startMediaChores({ commands, log, media, now, failed: failedTidying });
  opened.defer(() => mediaChores.close());
  const scheduler = startScheduler({
    ...{ commands, log, leases, now },
    node: randomUUID(),
    failed: (error) => telemetry.failed(error, 'scheduler'),
  });
  opened.defer(() => scheduler.close());
  const jobs = startJobs({
    ...{ commands, log, leases, now },
    node: randomUUID(),
    counted: telemetry.jobsCounted,
    jobFailed: telemetry.jobFailed,
    failed: (error) => telemetry.failed(error, 'jobs'),
  });
  opened.defer(() => jobs.close());
  const bodies = createBodyRenderer({
    ...{ commands, domain, baseUrl },
    maxMarkdownCharacters: settings.community.markdownCharacters,
  });
  opened.defer(() => bodies.close());
  const ingest = createIngest({ authenticator, commands, media, maxMediaBytes: mediaBytes, bodies, domain });
  const limiter = new RateLimiter(now);
  const mastodon = createMastodon({
    ...parts,
    views,
    media,
    bodies,
    limiter,
    settings: mastodonSettings(settings, { baseUrl, version: options.version ?? 'source' }),
    now,
    failed: telemetry.failed,
    resumed: telemetry.resumed,
  });
  const zulip = createZulip({
    ...parts,
    views,
    bodies,
    limiter,
    settings: zulipSettings(settings, { baseUrl }),
    dev: options.dev === true,
    now,
    failed: telemetry.failed,
  });
  opened.defer(() => zulip.close?.());
  const protocols: readonly Protocol[] = [events, durable, ingest, zulip, mastodon];

  const people = () => seedDevCommunity({ commands, secret: auth.jwt.secrets[0] ?? '', domain });
  if (options.dev) await people();
  // Whoever has the credentials finds the community as it will be.
  const seeded = Promise.withResolvers<void>();
  const devCredentials = async (): Promise<DevCredentials> => {
    const accounts = await seeded.promise.then(people);
    return {
      baseUrl: baseUrl(),
      internalUrl: internal.url,
      app: auth.defaultApp,
      adminToken: auth.adminToken ?? '',
      token: await devToken({ dataDir, commands, gate, settings: auth }),
      accounts,
      ...zulipCredentials(baseUrl(), accounts),
    };
  };
  const problemAt: ProblemAt = (path, error) =>
    protocols.flatMap((protocol) => protocol.problemAt?.(path, error) ?? []).at(0);
  const answerError = ({ req }: Context, error: unknown): Response => {
    const { status, headers, body } = problemAt(req.path, error) ?? problem(error);
    return new Response(body, { status, headers });
  };
  const rest = new Hono();
  rest.onError((error, context) => {
    if (toErrorValue(error).code === 'internal') telemetry.failed(error, 'rest');
    return answerError(context, error);
  });
  rest.notFound((context) => answerError(context, unknownAddress(rest, context)));
  const { title, description, registrations } = settings.community;
  const organization = { title, description, registrations };
  const admin = { authenticator, commands, gate, settings: auth, apps, domain, organization, bodies, now };
  rest.route('/', createAdminRoutes(admin));
  if (options.dev) {
    rest.route('/', createDevRoutes({ credentials: devCredentials }));
    rest.route('/', createConsoleRoutes());
  }
  rest.use('/api/v1/*', sharedAddresses(zulip.api, mastodon.rest));
  for (const protocol of protocols) if (protocol.rest) rest.route('/', protocol.rest);

  const routes = protocols.flatMap((protocol) => protocol.streams);
  if (settings.test.echo) routes.push(createEchoRoute());
  const isValid = (principal: Principal) => gate.isValid(principal);
  const listener = createListener({
    ...{ rest, routes, isValid, problemAt },
    settings: listenerSettings(settings),
    events: telemetry,
  });
  opened.defer(() => listener.close());
  gate.onRevoked((credentialId) => {
    telemetry.credentialRevoked(credentialId);
    hub.recheck();
    listener.connections.closeWhere((principal) => principal.credentialId === credentialId, 'revoked');
  });

  const probe = createProbe({ sequencer: log, log, now, draining: () => listener.draining });
  opened.defer(() => probe.close());
  const { internalHost, metricsToken, allowedHosts } = settings.server;
  const internal = createInternalListener({
    host: internalHost,
    port: internalPort(settings.server),
    live: () => ({ ok: true, checks: {} }),
    ready: () => probe.ready(),
    metrics: async () => (await telemetry.metrics.scrape()).body,
    allowedHosts,
    ...(metricsToken === undefined ? {} : { metricsToken }),
  });
  opened.defer(() => internal.close());
  await internal.listen();
  await listener.listen();
  if (options.dev) await seedDevPlaces({ commands, domain, baseUrl: baseUrl() });
  seeded.resolve();

  const dev = options.dev ? await devCredentials() : undefined;
  telemetry.started({ url: listener.url, internalUrl: internal.url, version: options.version ?? 'source' });
  const owned = opened.move();
  return {
    url: listener.url,
    internalUrl: internal.url,
    ...(dev ? { dev } : {}),
    async drain() {
      const { sse, websocket, poll } = listener.connections.counts;
      telemetry.drainBegan(sse + websocket + poll);
      await listener.drain(settings.hub.drainMs);
      telemetry.drainEnded();
    },
    close: () => owned.disposeAsync(),
  };
}

function zulipCredentials(site: string, [first]: DevCredentials['accounts']): Pick<DevCredentials, 'zulip'> {
  return first ? { zulip: { site, email: first.email, apiKey: first.apiKey } } : {};
}
