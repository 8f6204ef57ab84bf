import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAddressOf } from './address.ts';
import { type Connections, Registry } from './connections.ts';
import type { StreamRoute } from './contract.ts';
import { createCors } from './cors.ts';
import type { TransportEvents } from './events.ts';
import { createHandshake } from './handshake.ts';
import { createJudge } from './judge.ts';
import { messageClass, type ReadMessage } from './message.ts';
import { type ProblemAt, problem } from './problem.ts';
import { createParseErrorAnswer, refuseOnSocket } from './refuse.ts';
import { createRestHandler, type RestApp } from './rest.ts';
import { completeSettings, type IsValid, type PartialListenerSettings } from './settings.ts';
import { type TakenContext, TakenRequest } from './taken-request.ts';
import { HANDED_BACK_AT, LAST_ANSWER, REFUSED, USER } from './taken-socket.ts';

/** For ordinary requests, when every stream that may be open is. */
const SPARE_CONNECTIONS = 1_000;

export interface ListenerOptions {
  /** Everything that is answered as a whole; Hono. */
  readonly rest: RestApp;
  readonly routes: readonly StreamRoute[];
  readonly settings?: PartialListenerSettings;
  readonly events?: TransportEvents;
  /** Asked once more when a stream is opened, so that a revocation between login and opening is not missed. */
  readonly isValid?: IsValid;
  /** Errors that reach no route, or come out of one, in the words of who answers there; problems by default. */
  readonly problemAt?: ProblemAt;
  /** Between 0 and 1; for tests. */
  readonly random?: () => number;
}

export interface Listener {
  /** Resolves when connections are accepted. */
  listen(): Promise<void>;
  /** `http://127.0.0.1:4000`; throws before `listen`. */
  readonly url: string;
  readonly connections: Connections;
  readonly draining: boolean;
  /**
   * Stops accepting, says goodbye to open connections spread over `spreadMs`, lets requests in flight finish, then
   * closes. Resolves at the latest `timeouts.lingerMs` after `spreadMs`.
   */
  drain(spreadMs: number): Promise<void>;
  /** Closes at once. */
  close(): Promise<void>;
}

export function createListener(options: ListenerOptions): Listener {
  const settings = completeSettings(options.settings ?? {});
  const events = options.events ?? {};
  const registry = new Registry({ settings, events, isValid: options.isValid ?? (() => true), random: options.random });
  const cors = createCors({ origins: settings.corsOrigins, except: settings.withoutCors });
  const addressOf = createAddressOf(settings.trustedProxies);
  const judge = createJudge({ settings, routes: options.routes, cors });
  const context: TakenContext = {
    settings,
    registry,
    events,
    cors,
    handshake: createHandshake(settings.timeouts.lingerMs),
    handBack,
    problemOf: (error, path) => (path === undefined ? undefined : options.problemAt?.(path, error)) ?? problem(error),
  };
  const rest = createRestHandler({ app: options.rest, context, addressOf });
  const server = createServer();
  let closing: Promise<void> | undefined;

  function createServer(): Server {
    const { limits, timeouts, tls } = settings;
    const common = {
      IncomingMessage: messageClass(judge, settings),
      maxHeaderSize: limits.headerBytes,
      headersTimeout: timeouts.headMs,
      requestTimeout: Math.max(timeouts.requestMs, timeouts.headMs),
      keepAliveTimeout: timeouts.keepAliveMs,
      connectionsCheckingInterval: Math.min(1_000, timeouts.headMs),
      requireHostHeader: false,
      insecureHTTPParser: false,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: Math.min(15_000, settings.heartbeatMs / 2),
    };
    const created = tls
      ? createTlsServer({ ...common, ...tls, handshakeTimeout: timeouts.headMs })
      : createHttpServer(common);
    // Node would drop the headers behind its own limit unseen; ours refuses.
    created.maxHeadersCount = 0;
    created.timeout = timeouts.idleMs;
    created.maxConnections = limits.connections + SPARE_CONNECTIONS;
    created.on('request', onRequest);
    created.on('checkExpectation', onRequest);
    created.on('upgrade', onTaken);
    created.on('connect', onTaken);
    created.on('clientError', createParseErrorAnswer(context));
    created.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
    return created;
  }

  function onRequest(message: ReadMessage, response: ServerResponse<ReadMessage>): void {
    const { socket } = message;
    // Pipelined behind a stream that has the socket to itself, or behind a refusal.
    if (socket[USER] || socket[REFUSED]) return;
    const verdict = (message.verdict ??= judge(message));
    if (verdict.kind === 'plain') return rest.handle(message, response, verdict.target);
    if (!response.socket) return void socket.destroy();
    if (verdict.kind === 'refused') return refuseOnSocket(context, socket, verdict.error, message);
    open(message, socket, Buffer.alloc(0), false);
  }

  function onTaken(message: ReadMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore);
    if (!(socket instanceof Socket)) return void socket.destroy();
    // An answer that is not fully sent yet is still being written to this socket.
    const last = socket[LAST_ANSWER];
    if (last && !last.writableFinished) return void socket.destroy();
    socket[LAST_ANSWER] = undefined;
    socket.allowHalfOpen = false;
    socket.setTimeout(0);
    open(message, socket, head, true);
  }

  function open(message: ReadMessage, socket: Socket, head: Buffer, taken: boolean): void {
    const { verdict } = message;
    if (verdict?.kind !== 'stream')
      return refuseOnSocket(context, socket, verdict?.kind === 'refused' ? verdict.error : undefined, message);
    const { route, target } = verdict;
    const address = addressOf(socket.remoteAddress, message.headers['x-forwarded-for']);
    let request: TakenRequest;
    try {
      request = new TakenRequest(context, socket, message, {
        target,
        address,
        head,
        reusable: taken && isKeptAlive(message),
      });
    } catch (error) {
      return refuseOnSocket(context, socket, error, message);
    }
    if (!taken) {
      socket.on('error', ignore);
      socket.setTimeout(0);
    }
    socket.on('close', onTakenClose);
    void run(route, request);
  }

  function onTakenClose(this: Socket): void {
    const user = this[USER];
    if (!user) return;
    registry.leave(user.address);
    user.socketClosed();
  }

  function handBack(socket: Socket, head: Buffer): void {
    const user = socket[USER];
    if (user) registry.leave(user.address);
    socket[USER] = undefined;
    socket.off('close', onTakenClose);
    socket.off('error', ignore);
    socket.allowHalfOpen = true;
    socket[HANDED_BACK_AT] = socket.bytesRead;
    if (head.length > 0) socket.unshift(head);
    server.emit(settings.tls ? 'secureConnection' : 'connection', socket);
    socket.setTimeout(settings.timeouts.keepAliveMs);
  }

  function stopAccepting(): Promise<void> {
    closing ??= new Promise((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
    return closing;
  }

  return {
    connections: registry,
    get draining() {
      return registry.draining;
    },
    get url() {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('the listener does not listen');
      const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
      return `${settings.tls ? 'https' : 'http'}://${host}:${bound.port}`;
    },
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port: settings.port, host: settings.host, backlog: 4_096 }, () => {
          server.off('error', reject);
          server.on('error', (error) => events.failed?.(error, 'listener'));
          resolve();
        });
      }),
    async drain(spreadMs) {
      registry.draining = true;
      const closed = stopAccepting();
      await Promise.all([registry.drain(spreadMs), rest.idle(spreadMs + settings.timeouts.lingerMs)]);
      server.closeAllConnections();
      await closed;
    },
    async close() {
      registry.draining = true;
      const closed = stopAccepting();
      registry.destroyAll();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function run(route: StreamRoute, request: TakenRequest): Promise<void> {
  try {
    await route.open(request);
  } catch (error) {
    request.fail(error);
  }
}

/** RFC 9112 §9.3. */
function isKeptAlive(message: ReadMessage): boolean {
  const options = message.headers.connection?.toLowerCase().split(',') ?? [];
  return message.httpVersionMinor >= 1 && !message.upgradeAsked && !options.some((option) => option.trim() === 'close');
}

/** `close` follows and says all there is to say. */
function ignore(): void {}
