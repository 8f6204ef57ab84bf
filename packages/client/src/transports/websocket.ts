import { CarillonClientError } from '../errors.ts';
import type { CarillonEvent } from '../event.ts';
import { type Connection, SILENCE_MS, type Signal } from './transport.ts';

/** More than this many unread events and the socket is closed; reading on resumes from the last one read. */
const UNREAD_LIMIT = 5_000;

/** Close codes after which coming back cannot help (RFC 6455 §7.4, and the native protocol's own). */
const FINAL_CODES: Readonly<Record<number, string>> = { 1008: 'forbidden', 4003: 'unauthorized' };
const EXPIRED = 4001;

type Frame =
  | { readonly type: 'event'; readonly event: CarillonEvent }
  | {
      readonly type: 'subscribed';
      readonly position: string;
      readonly recovered: boolean;
      readonly reason?: string;
      readonly earliest?: string;
    }
  | { readonly type: 'gap'; readonly earliest: string; readonly reason: string }
  | { readonly type: 'position' | 'live'; readonly position: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly retryable: boolean }
  | { readonly type: 'goodbye' | 'pong' };

type Item = { readonly frame: Frame } | { readonly end: Error | undefined };

export async function* websocket(connection: Connection): AsyncGenerator<Signal, void> {
  const Socket = connection.WebSocket;
  if (!Socket) throw new Error('this environment has no WebSocket');
  const url = new URL(`${connection.url.replace(/^http/, 'ws')}/v1/events`);
  if (connection.token !== undefined) url.searchParams.set('access_token', connection.token);
  const socket = new Socket(url);
  const inbox = createInbox(() => socket.close(1000));
  socket.onopen = () =>
    socket.send(JSON.stringify({ type: 'subscribe', id: 1, topics: connection.topics, since: connection.since }));
  // `signals` ignores what is none of the frames it knows.
  socket.onmessage = (message) => inbox.put({ frame: JSON.parse(String(message.data)) as Frame });
  socket.onerror = () => inbox.put({ end: new Error('the WebSocket failed') });
  socket.onclose = (close) => inbox.put({ end: refusal(close.code, close.reason) });
  const stop = () => inbox.put({ end: undefined });
  connection.signal.addEventListener('abort', stop);
  try {
    for (;;) {
      const item = await inbox.take();
      if ('end' in item) {
        if (item.end) throw item.end;
        return;
      }
      yield* signals(item.frame, connection);
    }
  } finally {
    connection.signal.removeEventListener('abort', stop);
    inbox.close();
    socket.close();
  }
}

function* signals(frame: Frame, { topics, since }: Connection): Generator<Signal> {
  switch (frame.type) {
    case 'event':
      yield { kind: 'event', event: frame.event };
      return;
    case 'subscribed':
      if (!frame.recovered) yield { kind: 'gap', earliest: frame.earliest, reason: frame.reason ?? 'gap' };
      // With a `since`, missed events follow before `live` says that they are all here.
      else if (since === undefined) yield { kind: 'position', position: frame.position };
      return;
    case 'gap':
      yield { kind: 'gap', earliest: frame.earliest, reason: frame.reason };
      return;
    case 'live':
    case 'position':
      yield { kind: 'position', position: frame.position };
      return;
    case 'error':
      throw new CarillonClientError({ ...frame, detail: `${topics.join(', ')}: ${frame.message}` });
    case 'goodbye':
    case 'pong':
      return;
  }
}

function refusal(code: number, reason: string): Error | undefined {
  if (code === EXPIRED)
    return new CarillonClientError({ code: 'unauthorized', detail: 'the credential expired', retryable: true });
  const final = FINAL_CODES[code];
  return final === undefined
    ? undefined
    : new CarillonClientError({ code: final, detail: reason || 'refused', retryable: false });
}

/** Holds what arrived until it is taken; past its limit it hangs up and ends after what it already has. */
function createInbox(hangUp: () => void) {
  const items: Item[] = [];
  let waiting: ((item: Item) => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let full = false;
  let closed = false;
  function put(item: Item): void {
    if (full || closed) return;
    if (waiting) {
      const resolve = waiting;
      waiting = undefined;
      clearTimeout(timer);
      resolve(item);
      return;
    }
    items.push(item);
    if (items.length < UNREAD_LIMIT) return;
    items.push({ end: undefined });
    full = true;
    hangUp();
  }
  return {
    put,
    take(): Promise<Item> {
      const item = items.shift();
      if (item) return Promise.resolve(item);
      return new Promise((resolve) => {
        waiting = resolve;
        timer = setTimeout(() => put({ end: new Error('the server fell silent') }), SILENCE_MS);
      });
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
