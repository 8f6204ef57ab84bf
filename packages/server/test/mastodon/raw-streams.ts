import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ServerProcess } from '../server-process.ts';
import { type Person, sideBySide } from './people.ts';

/** What one reader heard: enough to compare, small enough for thousands. */
export interface Heard {
  readonly event: string;
  readonly id: string;
  /** Titles of the filters that matched, sorted. */
  readonly filtered: readonly string[];
}

export interface Streams extends AsyncDisposable {
  /** By reader, in the order of its stream. */
  readonly heard: readonly Heard[][];
}

interface Entity {
  readonly id: string;
  readonly filtered: readonly { readonly filter: { readonly title: string } }[];
}

/** Opens one event stream a reader, on bare sockets: thousands of them cost little here. */
export async function openStreams(server: ServerProcess, path: string, readers: readonly Person[]): Promise<Streams> {
  const heard = readers.map((): Heard[] => []);
  const known = new Map<string, Heard>();
  const sockets = await sideBySide(
    readers.map(({ token }, index) => async () => {
      const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (index % 200)}` });
      await once(socket, 'connect');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      let text = '';
      const greeted = new Promise<void>((resolve, reject) => {
        socket.on('close', () => reject(new Error(`the stream of reader ${index} ended: ${text.slice(0, 200)}`)));
        socket.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (text.includes(':)\n')) resolve();
          const end = text.lastIndexOf('\n\n');
          if (end < 0) return;
          for (const block of text.slice(0, end).split('\n\n')) read(block, heard[index] ?? [], known);
          text = text.slice(end + 2);
        });
      });
      await greeted;
      return socket;
    }),
  );
  return {
    heard,
    async [Symbol.asyncDispose]() {
      await Promise.all(sockets.map(end));
    },
  };
}

function read(block: string, heard: Heard[], known: Map<string, Heard>): void {
  const event = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (event === undefined || data === undefined) return;
  const name = `${event} ${data}`;
  let one = known.get(name);
  if (!one) known.set(name, (one = toHeard(event, data)));
  heard.push(one);
}

function toHeard(event: string, data: string): Heard {
  if (event === 'delete') return { event, id: data, filtered: [] };
  const { id, filtered }: Entity = JSON.parse(data);
  return { event, id, filtered: filtered.map(({ filter }) => filter.title).toSorted() };
}

async function end(socket: Socket): Promise<void> {
  socket.removeAllListeners('close').destroy();
  await once(socket, 'close');
}
