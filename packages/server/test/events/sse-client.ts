import { connect, type Socket } from 'node:net';
import { until } from '@carillon/conformance';
import { DEADLINE_MS } from './deadline.ts';

export interface Block {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
  readonly retry: string | undefined;
}

/**
 * Cuts a complete event stream into blocks, as strictly as HTML §9.2.6 allows: an unknown field, a comment or text
 * behind the last blank line is an error, because our server writes none of them.
 */
export function parseStrictly(text: string): readonly Block[] {
  const parts = text.split('\n\n');
  if (parts.pop() !== '') throw new Error('the stream ends inside a block');
  return parts.map((part) => {
    if (part.includes('\r')) throw new Error('a carriage return is on the wire');
    const fields = new Map<string, string>();
    for (const line of part.split('\n')) {
      const match = /^(id|event|data|retry): (.*)$/s.exec(line);
      if (!match) throw new Error(`an unknown line: ${JSON.stringify(line)}`);
      const [, name = '', value = ''] = match;
      fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
    }
    return { id: fields.get('id'), event: fields.get('event'), data: fields.get('data'), retry: fields.get('retry') };
  });
}

/** A raw event stream: every byte the server sent, and whether it ended it. */
export class RawStream implements Disposable {
  readonly #socket: Socket;
  #bytes = '';
  ended = false;

  constructor(url: string, path: string, headers: Readonly<Record<string, string>> = {}) {
    const { hostname, port } = new URL(url);
    const lines = Object.entries({ Host: `${hostname}:${port}`, Accept: 'text/event-stream', ...headers });
    this.#socket = connect(Number(port), hostname);
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (chunk: string) => {
      this.#bytes += chunk;
    });
    this.#socket.on('close', () => {
      this.ended = true;
    });
    this.#socket.on('error', () => {});
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
      'latin1',
    );
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.#bytes)?.[1] ?? 0);
  }

  get head(): string {
    return this.#bytes.slice(0, this.#bytes.indexOf('\r\n\r\n') + 2);
  }

  /** What came after the head. */
  get body(): string {
    const end = this.#bytes.indexOf('\r\n\r\n');
    return end < 0 ? '' : this.#bytes.slice(end + 4);
  }

  /** The complete blocks so far. */
  get blocks(): readonly Block[] {
    const end = this.body.lastIndexOf('\n\n');
    return end < 0 ? [] : parseStrictly(this.body.slice(0, end + 2));
  }

  /** Events that `onmessage` would hear. */
  get messages(): readonly Block[] {
    return this.blocks.filter(({ data, event }) => data !== undefined && event === undefined);
  }

  get lastId(): string | undefined {
    return this.blocks.findLast(({ id }) => id !== undefined)?.id;
  }

  async until(condition: (stream: this) => boolean, what: string): Promise<this> {
    await until(() => condition(this), what, DEADLINE_MS).catch((error: unknown) => {
      throw new Error(`so far: ${JSON.stringify(this.#bytes.slice(-2_000))}`, { cause: error });
    });
    return this;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
