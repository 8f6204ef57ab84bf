import type { RequestHead, StreamRequest } from '../../../transport/index.ts';
import { textFrame } from '../../../transport/index.ts';
import type { Protocol } from '../../protocol.ts';
import type { EventsDependencies } from './dependencies.ts';
import { createEncodings } from './encodings.ts';
import { createPublisher } from './publisher.ts';
import { createRest } from './routes/http.ts';
import { answerPoll } from './routes/long-poll.ts';
import { openSocket } from './routes/socket.ts';
import { openEventStream } from './routes/sse.ts';
import { createSessions } from './session.ts';
import { openViewer, type Viewer } from './viewer.ts';
import { pollMediaType } from './wire/accept.ts';

export type { EventsDependencies, EventsSettings } from './dependencies.ts';

const PATH = '/v1/events';

/** The native protocol's events: publish over HTTP, subscribe over SSE, long poll and WebSocket. */
export function createEventsProtocol(dependencies: EventsDependencies): Protocol {
  const encodings = createEncodings(textFrame, dependencies.views);
  const publisher = createPublisher(dependencies);
  const sessions = createSessions(dependencies.settings);
  const context = { ...dependencies, encodings, publisher, sessions };
  const matches = (head: RequestHead) => head.path === PATH;

  function identify(request: StreamRequest) {
    return dependencies.authenticator.authenticate({
      authorization: request.headers.authorization,
      accessToken: request.search.get('access_token') ?? undefined,
    });
  }

  async function openStream(request: StreamRequest): Promise<void> {
    const principal = await identify(request);
    const mediaType = pollMediaType(request.headers.accept);
    const viewer = await openViewer(principal, dependencies);
    if (mediaType === undefined) {
      closingOnError(viewer, () => openEventStream(request, viewer, encodings, dependencies));
      return;
    }
    try {
      await answerPoll(request, viewer, mediaType, dependencies);
    } finally {
      viewer.close();
    }
  }

  async function openConnection(request: StreamRequest): Promise<void> {
    const viewer = await openViewer(await identify(request), dependencies);
    closingOnError(viewer, () => openSocket(request, viewer, context));
  }

  return {
    name: 'events',
    rest: createRest(publisher, dependencies),
    streams: [
      { kind: 'stream', matches, open: openStream },
      { kind: 'websocket', matches, open: openConnection },
    ],
  };
}

/** A connection that came to be closes its viewer itself. */
function closingOnError(viewer: Viewer, open: () => void): void {
  try {
    open();
  } catch (error) {
    viewer.close();
    throw error;
  }
}
