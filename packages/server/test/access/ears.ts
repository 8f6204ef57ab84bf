import { type RawData, WebSocket } from 'ws';
import type { Person } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import type { ServerProcess } from '../server-process.ts';

/** One protocol's way to hear a person's posts; later protocols add theirs. */
export interface Ear {
  readonly name: string;
  /** Natively a reader names what it wants to hear, and is refused what it may not. */
  readonly mayBeRefused: boolean;
  /** Resolves once the stream stands; `undefined` when it is refused. */
  open(where: Where, since?: string): Promise<Listening | undefined>;
}

export interface Where {
  readonly server: ServerProcess;
  readonly reader: Person;
  /** Whose channels are to be heard beside the reader's own account, where the protocol wants them named. */
  readonly channels: readonly string[];
}

export interface Listening {
  /** Texts of the posts that were told of, in order. */
  readonly texts: readonly string[];
  /** Where the reader is, for a reconnect. */
  readonly position: string | undefined;
  /** Whether the server ended it. */
  readonly ended: boolean;
  close(): Promise<void>;
}

const DEADLINE_MS = 20_000;

export const EARS: readonly Ear[] = [
  {
    name: 'Mastodon SSE',
    mayBeRefused: false,
    open: ({ server, reader }, since) =>
      eventStream(`${server.url}/api/v1/streaming/user`, reader.token, since, (block) =>
        block.event === 'update' || block.event === 'status.update' ? [contentOf(block.data)] : [],
      ),
  },
  { name: 'Mastodon WebSocket', mayBeRefused: false, open: openSocket },
  {
    name: 'native SSE',
    mayBeRefused: true,
    open({ server, reader, channels }, since) {
      const query = new URLSearchParams();
      for (const topic of [`account:${reader.id}`, ...channels]) query.append('topic', topic);
      return eventStream(`${server.url}/v1/events?${query.toString()}`, reader.token, since, ({ data }) => {
        const { type, data: said }: { type: string; data?: { post?: { text?: string } } } = JSON.parse(data);
        return type === 'post.created' || type === 'post.edited' ? [said?.post?.text ?? ''] : [];
      });
    },
  },
];

export interface Block {
  readonly event: string;
  readonly data: string;
}

/** An event stream as it is read; `undefined` when it is refused. */
export async function eventStream(
  url: string,
  token: string,
  since: string | undefined,
  textsOf: (block: Block) => readonly string[],
): Promise<Listening | undefined> {
  const stop = new AbortController();
  const headers = {
    Accept: 'text/event-stream',
    Authorization: `Bearer ${token}`,
    ...(since === undefined ? {} : { 'Last-Event-ID': since }),
  };
  const response = await fetch(url, { headers, signal: stop.signal });
  if (response.status === 403) return undefined;
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  const { body } = response;
  const texts: string[] = [];
  let position = since;
  let ended = false;
  const reading = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        position = field('id') ?? position;
        const data = field('data');
        if (data !== undefined) texts.push(...textsOf({ event: field('event') ?? '', data }));
      }
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  void reading.finally(() => (ended = true)).catch(() => undefined);
  return {
    texts,
    get position() {
      return position;
    },
    get ended() {
      return ended;
    },
    async close() {
      stop.abort();
      await reading.catch(() => undefined);
    },
  };
}

async function openSocket({ server, reader }: Where, since?: string): Promise<Listening> {
  const query = new URLSearchParams({ stream: 'user', access_token: reader.token, ...(since ? { since } : {}) });
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/streaming?${query.toString()}`);
  const texts: string[] = [];
  let position = since;
  let ended = false;
  socket.on('message', (message) => {
    const { id, event, payload }: { id?: string; event: string; payload: string } = JSON.parse(textOf(message));
    position = id ?? position;
    if (event === 'update' || event === 'status.update') texts.push(contentOf(payload));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => (ended = true));
  await eventually('the socket is open', () => ended || socket.readyState === WebSocket.OPEN, DEADLINE_MS);
  if (ended) throw new Error('the socket was refused');
  return {
    texts,
    get position() {
      return position;
    },
    get ended() {
      return ended;
    },
    async close() {
      socket.terminate();
      await eventually('the socket is closed', () => ended, DEADLINE_MS);
    },
  };
}

/** What a status says, or the one that it passes on. */
export function contentOf(status: string): string {
  const { content, reblog }: { content: string; reblog: { content: string } | null } = JSON.parse(status);
  return (reblog?.content ?? content).replace(/<[^>]*>/g, '');
}

/** Of a text message; `ws` hands over one buffer unless asked otherwise. */
function textOf(message: RawData): string {
  if (!Buffer.isBuffer(message)) throw new Error('a message in pieces');
  return message.toString('utf8');
}
