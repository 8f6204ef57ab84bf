import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CarillonError } from '@carillon/core';
import { problem } from './problem.ts';
import { SECURITY_HEADERS, wholeAnswer } from './raw-answer.ts';
import { asRefusal, CLOSE, type ParseError } from './refuse.ts';

/** What a probe found; names nothing but itself and its parts. */
export interface Health {
  readonly ok: boolean;
  /** One word or number per part that was looked at. */
  readonly checks: Readonly<Record<string, string | number | boolean>>;
}

export interface InternalListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Whether this process should go on living; slow to say no, because a restart costs every connection. */
  readonly live: () => Health | Promise<Health>;
  /** Whether it can append and deliver now; quick to say no. */
  readonly ready: () => Promise<Health>;
  /** Prometheus text format. */
  readonly metrics: () => Promise<string>;
  /** When set, metrics are for this bearer token only. */
  readonly metricsToken?: string;
  /** Host names beside `localhost` and plain addresses, which no DNS answer can point elsewhere. */
  readonly allowedHosts?: readonly string[];
}

export interface InternalListener {
  listen(): Promise<void>;
  readonly url: string;
  close(): Promise<void>;
}

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** Health and metrics, on a port of their own that need not be reachable from outside. */
export function createInternalListener(options: InternalListenerOptions): InternalListener {
  const server = createServer({
    headersTimeout: 5_000,
    requestTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 8_192,
    // Asked below, where the refusal is a problem like every other.
    requireHostHeader: false,
  });
  server.on('request', (request, response) => void answer(request, response));
  server.on('checkExpectation', (_request, response) => {
    refuse(response, new CarillonError('bad-request', 'Expect asks for more than 100-continue'));
  });
  server.on('clientError', answerParseError);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, type, body } = await route(request);
      send(response, status, { 'Content-Type': type, 'Cache-Control': 'no-store' }, body);
    } catch (error) {
      refuse(response, error);
    }
  }

  async function route(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    if (!isAllowedHost(request.headers.host, options.allowedHosts ?? [])) {
      throw new CarillonError('misdirected', 'this listener does not answer for that Host');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new CarillonError('method-not-allowed', 'only GET and HEAD are answered here', {
        facts: { allow: 'GET, HEAD' },
      });
    }
    switch (request.url) {
      case '/health/live':
        return asJson(await options.live());
      case '/health/ready':
        return asJson(await options.ready());
      case '/metrics':
        if (!isBearer(request.headers.authorization, options.metricsToken))
          throw new CarillonError('unauthorized', 'metrics need their token');
        return { status: 200, type: PROMETHEUS, body: await options.metrics() };
      default:
        throw new CarillonError('not-found', 'here are /health/live, /health/ready and /metrics');
    }
  }

  return {
    get url() {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('the listener does not listen');
      return `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${bound.port}`;
    },
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function asJson(health: Health): { status: number; type: string; body: string } {
  return { status: health.ok ? 200 : 503, type: 'application/json', body: JSON.stringify(health) };
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, headers, body } = problem(error);
  send(response, status, { ...headers, ...CLOSE }, body);
}

/** A connection that was answered before may have an answer under way, so it is closed without a word. */
function answerParseError(error: ParseError, socket: Duplex): void {
  if (!socket.writable || !(socket instanceof Socket) || socket.bytesWritten > 0) return void socket.destroy();
  const { status, headers, body } = problem(asRefusal(error));
  socket.end(wholeAnswer(status, body, SECURITY_HEADERS, headers, CLOSE));
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function isAllowedHost(host: string | undefined, allowed: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || allowed.includes(name);
}

function isBearer(authorization: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return true;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}
