import type { ServerResponse } from 'node:http';
import { CarillonError } from '@carillon/core';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { AddressOf } from './address.ts';
import { ALLOW, bodyTooLarge } from './head.ts';
import { pathOf, type ReadMessage } from './message.ts';
import { SECURITY_HEADERS } from './raw-answer.ts';
import type { TakenContext } from './taken-request.ts';
import { HANDED_BACK_AT, LAST_ANSWER, REFUSED } from './taken-socket.ts';
import type { Target } from './target.ts';

/** What handlers find in Hono's `c.env`. */
export interface RestEnv {
  /** The client's address as limits count it. */
  readonly address: string;
  readonly incoming: ReadMessage;
  readonly outgoing: ServerResponse;
}

/** A fetch-shaped application; Hono is one. */
export interface RestApp {
  fetch(request: Request, env: RestEnv): Response | Promise<Response>;
}

export interface RestHandler {
  handle(message: ReadMessage, response: ServerResponse<ReadMessage>, target: Target): void;
  /** Resolves when no request is in flight any more, at the latest after `forMs`. */
  idle(forMs: number): Promise<void>;
}

const IDLE_STEP_MS = 10;

export function createRestHandler(options: {
  readonly app: RestApp;
  readonly context: TakenContext;
  readonly addressOf: AddressOf;
}): RestHandler {
  const { context, app } = options;
  const { cors, events, registry } = context;
  let inFlight = 0;

  const listener = getRequestListener(
    async (request, env) => {
      // The listener below only ever passes what `createServer` made.
      const { incoming, outgoing } = env as { incoming: ReadMessage; outgoing: ServerResponse };
      const address = options.addressOf(incoming.socket.remoteAddress, incoming.headers['x-forwarded-for']);
      const answer = await fetchAnswer(request, { address, incoming, outgoing });
      if (incoming.overflowed || outgoing.headersSent || incoming.socket[REFUSED]) return RESPONSE_ALREADY_SENT;
      if (cors.varies) answer.headers.append('Vary', 'Origin');
      return answer;
    },
    { errorHandler: (error) => answerError(error, undefined), hostname: 'localhost' },
  );

  async function fetchAnswer(request: Request, env: RestEnv): Promise<Response> {
    try {
      return await app.fetch(request, env);
    } catch (error) {
      return answerError(error, pathOf(env.incoming));
    }
  }

  function answerError(error: unknown, path: string | undefined): Response {
    if (!(error instanceof CarillonError) && !isClientFault(error)) events.failed?.(error, 'rest');
    const told = isClientFault(error) ? new CarillonError('bad-request', 'the request cannot be read') : error;
    const { status, headers, body } = context.problemOf(told, path);
    return new Response(body, { status, headers });
  }

  function handle(message: ReadMessage, response: ServerResponse<ReadMessage>, target: Target): void {
    const { socket, headers } = message;
    const startMs = performance.now();
    socket[LAST_ANSWER] = response;
    if (socket[HANDED_BACK_AT] !== undefined) {
      socket[HANDED_BACK_AT] = undefined;
      socket.setTimeout(context.settings.timeouts.idleMs);
    }
    inFlight += 1;
    response.on('close', () => {
      inFlight -= 1;
      // Kept where the request is not over: what is still wrong with it has had its answer.
      if (message.complete && socket[LAST_ANSWER] === response) socket[LAST_ANSWER] = undefined;
      events.answered?.({
        method: message.method ?? '',
        status: response.statusCode,
        durationMs: performance.now() - startMs,
      });
    });
    setAll(response, SECURITY_HEADERS);
    // Draining, or an upgrade that we do not follow: the connection has no future.
    if (registry.draining || message.upgradeAsked) response.setHeader('Connection', 'close');
    if (message.method === 'OPTIONS') {
      const preflight = target.url === '*' ? { Allow: ALLOW } : cors.preflight(target.path, headers);
      if (preflight) {
        response.writeHead(204, { ...preflight });
        response.end();
        return;
      }
    }
    response.setHeader('Cache-Control', 'no-store');
    setAll(response, cors.headers(target.path, headers.origin));
    message.onOverflow = () => refuseBody(message, response);
    void listener(message, response);
  }

  /** Answers at once and drops the rest of the body, for a while, so that the client comes to read the answer. */
  function refuseBody(message: ReadMessage, response: ServerResponse): void {
    const { socket } = message;
    if (!response.headersSent) {
      const { status, code, headers, body } = context.problemOf(bodyTooLarge(message.bodyLimit), pathOf(message));
      events.refused?.(code);
      response.writeHead(status, { ...headers, Connection: 'close', 'Content-Length': Buffer.byteLength(body) });
      response.write(body);
    }
    setTimeout(() => socket.destroy(), context.settings.timeouts.lingerMs).unref();
  }

  return {
    handle,
    async idle(forMs) {
      const endMs = performance.now() + forMs;
      while (inFlight > 0 && performance.now() < endMs)
        await new Promise((resolve) => setTimeout(resolve, IDLE_STEP_MS));
    },
  };
}

function setAll(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) response.setHeader(name, headers[name] ?? '');
}

/** What the fetch adapter refuses itself (an address that is no URL), or a client that left in the midst of its body. */
function isClientFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'RequestError' || ('code' in error && error.code === 'ECONNRESET');
}
