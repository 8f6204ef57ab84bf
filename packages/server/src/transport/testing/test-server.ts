import type { Principal } from '@carillon/core';
import { Hono } from 'hono';
import type { Farewell, Goodbye, SocketOwner, SocketSink, StreamRequest, StreamRoute } from '../contract.ts';
import { createEchoRoute } from '../echo.ts';
import type { TransportEvents } from '../events.ts';
import { createListener, type Listener } from '../listener.ts';
import { type ProblemAt, problemResponse } from '../problem.ts';
import type { RestEnv } from '../rest.ts';
import type { PartialListenerSettings } from '../settings.ts';
import { textFrame } from '../text-frame.ts';

function principalNamed(id: string, extra: Partial<Principal> = {}): Principal {
  const grants = { publish: ['*'], subscribe: ['*'] };
  return { id, app: 'default', grants, admin: false, credentialId: `credential:${id}`, ...extra };
}

const CODES: Readonly<Record<Goodbye, number>> = {
  drain: 1012,
  expired: 4001,
  revoked: 4003,
  stalled: 4008,
  limit: 1008,
  failed: 1011,
};

/** An owner at the exact contract, on either transport: it counts what it is told and stalls when told to. */
export class TestOwner implements SocketOwner {
  readonly principal: Principal;
  readonly messages: (string | Buffer)[] = [];
  sink: SocketSink | undefined;
  closedTimes = 0;
  heartbeats = 0;
  stalled = false;
  onMessage: (data: string | Buffer) => void = (data) => this.messages.push(data);
  private readonly frame: (text: string) => Buffer;

  constructor(principal: Principal, kind: 'sse' | 'websocket') {
    this.principal = principal;
    this.frame = kind === 'sse' ? (text) => Buffer.from(`data: ${text}\n\n`) : textFrame;
  }

  say(text: string): void {
    this.sink?.write(this.frame(text));
  }

  message(data: string | Buffer): void {
    this.onMessage(data);
  }

  heartbeat(): Buffer {
    this.heartbeats += 1;
    return this.frame('heartbeat');
  }

  goodbye(reason: Goodbye): Farewell {
    return { frame: this.frame(`goodbye ${reason}`), code: CODES[reason], reason };
  }

  stalledBefore(): boolean {
    return this.stalled;
  }

  closed(): void {
    this.closedTimes += 1;
  }
}

export interface TestServer extends AsyncDisposable {
  readonly listener: Listener;
  readonly port: number;
  readonly url: string;
  /** Owners of every stream and socket, oldest first. */
  readonly owners: TestOwner[];
  /** Long polls that are parked and not answered. */
  readonly polls: StreamRequest[];
  readonly failures: unknown[];
}

export interface TestServerOptions {
  readonly settings?: PartialListenerSettings;
  readonly events?: TransportEvents;
  readonly isValid?: (principal: Principal) => boolean;
  readonly routes?: readonly StreamRoute[];
  readonly app?: Hono<{ Bindings: RestEnv }>;
  readonly problemAt?: ProblemAt;
}

/**
 * A listener with routes of every kind: `/sse`, `/poll`, `/ws` (principal from the query's `who`, expiry from
 * `expires`), `/test/echo`, and a small Hono application.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const owners: TestOwner[] = [];
  const polls: StreamRequest[] = [];
  const failures: unknown[] = [];
  const open = (request: StreamRequest, kind: 'sse' | 'websocket'): void => {
    const owner = new TestOwner(principalOf(request), kind);
    owner.sink =
      kind === 'sse' ? request.sse(owner) : request.websocket(owner, { maxMessageBytes: 65_536, protocol: 'carillon' });
    owners.push(owner);
  };
  const routes: StreamRoute[] = [
    ...(options.routes ?? []),
    { kind: 'stream', matches: (head) => head.path === '/sse', open: (request) => open(request, 'sse') },
    { kind: 'websocket', matches: (head) => head.path === '/ws', open: (request) => open(request, 'websocket') },
    {
      kind: 'stream',
      matches: (head) => head.path === '/poll',
      open: (request) => {
        request.park(principalOf(request));
        const answer = (): void =>
          request.respond(200, { 'Content-Type': 'application/json' }, `{"ended":"${request.signal.reason}"}`);
        if (request.signal.aborted) answer();
        else request.signal.addEventListener('abort', answer);
        polls.push(request);
      },
    },
    createEchoRoute(),
  ];
  const listener = createListener({
    rest: options.app ?? createTestApp(),
    routes,
    settings: { ...options.settings, timeouts: { lingerMs: 300, ...options.settings?.timeouts } },
    events: { ...options.events, failed: (error) => failures.push(error) },
    ...(options.isValid && { isValid: options.isValid }),
    ...(options.problemAt && { problemAt: options.problemAt }),
  });
  await listener.listen();
  const { url } = listener;
  return {
    listener,
    url,
    port: Number(new URL(url).port),
    owners,
    polls,
    failures,
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

export function createTestApp(): Hono<{ Bindings: RestEnv }> {
  const app = new Hono<{ Bindings: RestEnv }>();
  app.get('/hello', (c) => c.text('hello'));
  app.get('/cached', (c) => c.text('cached', 200, { 'Cache-Control': 'public, max-age=60' }));
  app.get('/address', (c) => c.text(c.env.address));
  app.get('/dev/secret', (c) => c.text('for loopback pages only'));
  app.get('/admin/keys', (c) => c.text('admin only', 401));
  app.get('/bug', () => {
    throw new Error('a bug whose text stays inside');
  });
  app.post('/length', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));
  app.notFound((c) => c.text('nothing here', 404));
  app.onError((error) => problemResponse(error));
  return app;
}

function principalOf(request: StreamRequest): Principal {
  const expires = request.search.get('expires');
  return principalNamed(
    request.search.get('who') ?? 'somebody',
    expires === null ? {} : { expiresAtMs: Number(expires) },
  );
}
