import { CarillonError } from '@carillon/core';
import { type Context, Hono } from 'hono';
import type { StreamRequest, StreamRoute } from '../../../transport/index.ts';
import type { Protocol } from '../../protocol.ts';
import { startChores } from './chores.ts';
import type { DurableDependencies } from './dependencies.ts';
import { failure } from './failure.ts';
import { KeepAlive } from './keep-alive.ts';
import { identify } from './lookup.ts';
import { type LiveReads, openLive } from './routes/live.ts';
import { catchUp, headStream } from './routes/read.ts';
import { postStream, putStream, removeStream } from './routes/write.ts';
import { PREFIX } from './stream-path.ts';

export type { DurableDependencies, DurableSettings } from './dependencies.ts';
export { DEFAULT_DURABLE_SETTINGS } from './dependencies.ts';

/** Durable Streams under `/v1/stream/`. */
export function createDurableStreams(deps: DurableDependencies): Protocol & { close(): Promise<void> } {
  const keepAlive = new KeepAlive(deps.commands, deps.report);
  const chores = startChores({ ...deps, keepAlive });
  const rest = new Hono();
  rest.all(`${PREFIX}*`, (c) => answer(c, deps, keepAlive));
  rest.onError((error) => {
    if (!(error instanceof CarillonError)) deps.report(error);
    const { status, headers, body } = failure(error, deps.log.head);
    return new Response(body, { status, headers });
  });
  const reads = { keepAlive, marked: new WeakMap() };
  const live: StreamRoute = {
    kind: 'stream',
    matches: ({ path, query }) => path.startsWith(PREFIX) && /(?:^|&)live=/.test(query),
    open: (request) => open(request, deps, reads),
  };
  return { name: 'durable-streams', rest, streams: [live], close: () => chores.close() };
}

async function answer(c: Context, deps: DurableDependencies, keepAlive: KeepAlive): Promise<Response> {
  const { pathname, searchParams } = new URL(c.req.url);
  const caller = await identify(deps, c.req.header('authorization'), searchParams);
  switch (c.req.method) {
    case 'GET':
      return catchUp(c, deps, keepAlive, caller, pathname);
    case 'HEAD':
      return headStream(deps, caller, pathname);
    case 'PUT':
      return putStream(c, deps, caller, pathname);
    case 'POST':
      return postStream(c, deps, caller, pathname);
    case 'DELETE':
      return removeStream(deps, caller, pathname);
    default:
      throw new CarillonError('method-not-allowed', 'a stream takes GET, HEAD, PUT, POST and DELETE', {
        facts: { allow: 'GET, HEAD, PUT, POST, DELETE' },
      });
  }
}

async function open(request: StreamRequest, deps: DurableDependencies, reads: LiveReads): Promise<void> {
  const caller = await identify(deps, request.headers.authorization, request.search);
  await openLive(request, deps, reads, caller);
}
