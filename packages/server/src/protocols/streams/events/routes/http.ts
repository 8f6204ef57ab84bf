import { IncomingMessage, ServerResponse } from 'node:http';
import { CarillonError } from '@carillon/core';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { problem } from '../../../../transport/index.ts';
import type { EventsDependencies } from '../dependencies.ts';
import type { Publisher } from '../publisher.ts';
import { answerPublish } from './publish.ts';

/** Everything at `/v1/events` that is no stream: publishing, and a word to every other method. */
export function createRest(publisher: Publisher, dependencies: EventsDependencies): Hono {
  const app = new Hono();
  app.post('/v1/events', async ({ env, req }) => {
    const { incoming, outgoing } = nodePair(env);
    try {
      await answerPublish(incoming, outgoing, req.query('access_token'), publisher, dependencies);
    } catch (error) {
      if (!(error instanceof CarillonError)) dependencies.failed?.(error, 'POST /v1/events');
      sendProblem(outgoing, error);
    }
    return RESPONSE_ALREADY_SENT;
  });
  app.all('/v1/events', ({ env }) => {
    const error = new CarillonError('method-not-allowed', 'this address takes GET and POST', {
      facts: { allow: 'GET, POST' },
    });
    sendProblem(nodePair(env).outgoing, error);
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

/** Nothing can be said any more where the answer has begun or the client is gone. */
function sendProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const { status, headers, body } = problem(error);
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** Node's own request and response, as `@hono/node-server` hands them over in `env`. */
function nodePair(env: unknown): { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse } {
  if (typeof env === 'object' && env !== null && 'incoming' in env && 'outgoing' in env) {
    const { incoming, outgoing } = env;
    if (incoming instanceof IncomingMessage && outgoing instanceof ServerResponse) return { incoming, outgoing };
  }
  throw new Error('this app must be served by @hono/node-server over HTTP/1.1');
}
