import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What crossed one connection, byte for byte. */
export interface Recording {
  /** From the client. */
  readonly asked: () => Buffer;
  /** From the server, as handed on to the client. */
  readonly answered: () => Buffer;
}

export interface RecordingProxy extends AsyncDisposable {
  readonly url: string;
  readonly recordings: readonly Recording[];
  /** Resets every connection, as a lost network would. */
  cut(): void;
}

/** A TCP proxy between a client and the server that keeps a copy of everything. */
export async function startRecordingProxy(port: number): Promise<RecordingProxy> {
  const recordings: Recording[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const [asked, answered]: [Buffer[], Buffer[]] = [[], []];
    recordings.push({ asked: () => Buffer.concat(asked), answered: () => Buffer.concat(answered) });
    open.add(client);
    client.on('data', (bytes) => asked.push(bytes));
    upstream.on('data', (bytes) => answered.push(bytes));
    client.pipe(upstream);
    upstream.pipe(client);
    // A broken side ends the other; what was already handed on stays delivered.
    upstream.on('error', () => client.end());
    client.on('error', () => upstream.destroy());
    client.on('close', () => {
      open.delete(client);
      upstream.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    recordings,
    cut() {
      for (const socket of open) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
