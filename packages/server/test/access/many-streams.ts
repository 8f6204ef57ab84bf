import { WebSocket } from 'ws';
import type { Person } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import type { ServerProcess } from '../server-process.ts';

/** A stream by its name, with its tag or list behind a space: `hashtag rose`. */
type Name = string;

export interface Told {
  readonly event: string;
  /** The post that it shows, or nothing. */
  readonly post: string;
  /** What that post says. */
  readonly text: string;
}

/** One WebSocket that reads several of Mastodon's streams. */
export interface ManyStreams {
  /** What one of them told, in order. */
  told(stream: Name): readonly Told[];
  /** Where one of them is. */
  position(stream: Name): string;
  /** Streams that the server ended. */
  readonly over: readonly Name[];
  readonly ended: boolean;
  close(): void;
}

const DEADLINE_MS = 20_000;

interface Frame {
  readonly stream: readonly string[];
  readonly event: string;
  readonly payload: string;
  readonly id?: string;
}

interface Shown {
  readonly id: string;
  readonly content?: string;
  readonly status?: Shown | null;
  readonly last_status?: Shown | null;
}

/** Resolves once all of them stand; after a position when one is given. */
export async function openStreams(
  server: ServerProcess,
  { token }: Pick<Person, 'token'>,
  streams: readonly Name[],
  since?: string,
): Promise<ManyStreams> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/streaming?access_token=${token}`);
  const told = new Map<Name, Told[]>(streams.map((stream) => [stream, []]));
  const positions = new Map<Name, string>();
  const over: Name[] = [];
  const errors: string[] = [];
  let ended = false;
  socket.on('error', () => undefined);
  socket.on('close', () => (ended = true));
  socket.on('message', (message: Buffer) => {
    const text = message.toString();
    const { stream, event, payload, id }: Frame = JSON.parse(text);
    if (!stream) return errors.push(text);
    const name = stream.length > 0 ? stream.join(' ') : nameIn(payload);
    if (event === 'ended') return over.push(name);
    const at = event === 'subscribed' ? (JSON.parse(payload) as { id: string }).id : id;
    if (at !== undefined) positions.set(name, at);
    if (event !== 'subscribed') told.get(name)?.push(readTold(event, payload));
    return undefined;
  });
  await eventually('the socket is open', () => ended || socket.readyState === WebSocket.OPEN, DEADLINE_MS);
  if (ended) throw new Error('the socket was refused');
  for (const [ack, name] of streams.entries()) {
    const [stream, parameter] = name.split(' ');
    const wish = { type: 'subscribe', stream, ack, ...(since === undefined ? {} : { since }) };
    socket.send(JSON.stringify({ ...wish, ...(stream === 'list' ? { list: parameter } : { tag: parameter }) }));
  }
  const stand = () => ended || errors.length > 0 || streams.every((name) => positions.has(name));
  await eventually('the streams stand', stand, DEADLINE_MS);
  if (errors.length > 0) throw new Error(errors.join());
  return {
    told: (stream) => told.get(stream) ?? [],
    position: (stream) => positions.get(stream) ?? '',
    over,
    get ended() {
      return ended;
    },
    close: () => socket.terminate(),
  };
}

/** Which stream a notice is about, whose own frame names none. */
function nameIn(payload: string): Name {
  const { stream }: { stream: readonly string[] } = JSON.parse(payload);
  return stream.join(' ');
}

/** Of an event of Mastodon's by its payload. */
export function readTold(event: string, payload: string): Told {
  if (event === 'delete') return { event, post: payload, text: '' };
  const value: Shown | null = JSON.parse(payload);
  const shown = value && 'content' in value ? value : (value?.status ?? value?.last_status);
  return { event, post: shown?.id ?? '', text: (shown?.content ?? '').replace(/<[^>]*>/g, '') };
}
