import type { Hono } from 'hono';
import type { RequestHead, StreamRoute } from '../../../transport/index.ts';

import type { StreamingContext, StreamingDependencies } from './dependencies.ts';
import { createEncodings } from './encodings.ts';
import { createStreamingRest } from './routes/http.ts';
import { openSocket } from './routes/socket.ts';
import { openEventStream } from './routes/sse.ts';
import { streamingSession } from './session.ts';

export interface Streaming {
  readonly streams: readonly StreamRoute[];
  readonly rest: Hono;
}

const ROOT = '/api/v1/streaming';

/** Mastodon's streaming API: event streams, and a WebSocket that carries any number of them. */
export function createStreaming(dependencies: StreamingDependencies): Streaming {
  const { views, log, settings } = dependencies;
  const context: StreamingContext = {
    ...dependencies,
    encodings: createEncodings({
      views,
      site: () => ({ baseUrl: settings.baseUrl(), domain: settings.domain }),
      epoch: () => log.head.epoch,
    }),
    session: streamingSession({ maxSubscriptions: settings.maxSubscriptions }),
  };
  const matches = ({ path }: RequestHead) => path === ROOT || path.startsWith(`${ROOT}/`);
  return {
    streams: [
      { kind: 'stream', matches, open: (request) => openEventStream(request, context) },
      { kind: 'websocket', matches, handshakeLater: true, open: (request) => openSocket(request, context) },
    ],
    rest: createStreamingRest(),
  };
}
