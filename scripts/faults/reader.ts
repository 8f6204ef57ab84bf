import { appendFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { Target } from './publisher.ts';
import { blocksOf } from './sse.ts';
import { pause } from './wait.ts';

/** A line of a reader's file: every connection, and every byte that came on it. */
export type ReaderLine =
  | { readonly opened: number; readonly lastEventId: string | undefined; readonly topics: readonly string[] }
  | { readonly connection: number; readonly bytes: string }
  | { readonly refused: number; readonly status: number };

export interface ReaderOptions {
  readonly file: string;
  readonly topics: readonly string[];
}

const RETRY_MS = 25;

/** Follows topics over SSE as a browser would: comes back with the id of the last whole block. */
export class Reader {
  readonly #target: Target;
  readonly #options: ReaderOptions;
  #lastEventId: string | undefined;
  #connection = 0;

  constructor(target: Target, options: ReaderOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** The id that it would present now. */
  get lastEventId(): string | undefined {
    return this.#lastEventId;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#connect(signal);
      if (!signal.aborted) await pause(RETRY_MS * (1 + Math.random()));
    }
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const connection = (this.#connection += 1);
    const lastEventId = this.#lastEventId;
    const topics = this.#options.topics;
    const response = await this.#request(topics, lastEventId, signal);
    if (!response) return;
    if (response.statusCode !== 200) {
      this.#note({ refused: connection, status: response.statusCode ?? 0 });
      response.destroy();
      return;
    }
    this.#note({ opened: connection, lastEventId, topics });
    await this.#record(response, connection);
  }

  #request(
    topics: readonly string[],
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage | undefined> {
    const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
    const headers = {
      accept: 'text/event-stream',
      authorization: `Bearer ${this.#target.token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    return new Promise((resolve) => {
      const request = get(`${this.#target.url}/v1/events?${query}`, { headers, signal, agent: false });
      request.on('response', resolve).on('error', () => resolve(undefined));
    });
  }

  async #record(response: IncomingMessage, connection: number): Promise<void> {
    let rest = '';
    response.setEncoding('utf8');
    const ended = new Promise<void>((resolve) => response.once('close', resolve));
    response.on('error', () => response.destroy());
    response.on('data', (text: string) => {
      this.#note({ connection, bytes: text });
      const parsed = blocksOf(rest + text);
      rest = parsed.rest;
      for (const { id } of parsed.blocks) if (id !== undefined) this.#lastEventId = id;
    });
    await ended;
  }

  #note(line: ReaderLine): void {
    appendFileSync(this.#options.file, `${JSON.stringify(line)}\n`);
  }
}
