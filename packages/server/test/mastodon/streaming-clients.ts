import { until } from '@carillon/conformance';
import { WebSocket } from 'ws';
import { DEADLINE_MS } from '../events/deadline.ts';
import { parseStrictly, RawStream } from '../events/sse-client.ts';

export interface Heard {
  readonly event: string;
  readonly id: string | undefined;
  /** As it is on the wire: JSON, or a bare id. */
  readonly payload: string;
}

export interface Entity {
  readonly id: string;
  readonly content?: string;
  readonly type?: string;
  readonly [key: string]: unknown;
}

/** What is heard, as `update Hello` for statuses, else with the payload. */
export function wordsOf({ event, payload }: Heard): string {
  if (event !== 'update' && event !== 'status.update' && event !== 'notification') return `${event} ${payload}`;
  const { type = '', reblog, content, status } = entityOf({ payload });
  if (event === 'notification') return `${event} ${type}${status ? ` ${textOf(Object(status).content)}` : ''}`;
  return reblog ? `${event} shared ${textOf(Object(reblog).content)}` : `${event} ${textOf(content ?? '')}`;
}

export function entityOf({ payload }: Pick<Heard, 'payload'>): Entity {
  return JSON.parse(payload);
}

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, '');
}

const GREETING = ':)\n';

/** One of Mastodon's event streams. */
export class MastodonStream extends RawStream {
  constructor(url: string, path: string, token: string, headers: Readonly<Record<string, string>> = {}) {
    super(url, `/api/v1/streaming/${path}`, { Authorization: `Bearer ${token}`, ...headers });
  }

  get greeted(): boolean {
    return this.body.startsWith(GREETING);
  }

  get heard(): readonly Heard[] {
    if (!this.greeted) return [];
    const text = this.body.slice(GREETING.length).replaceAll(/^:thump\n/gm, '');
    return parseStrictly(text.slice(0, text.lastIndexOf('\n\n') + 2)).map(({ event = '', id, data = '' }) => ({
      event,
      id,
      payload: data,
    }));
  }

  get words(): readonly string[] {
    return this.heard.map(wordsOf);
  }

  get last(): string | undefined {
    return this.heard.findLast(({ id }) => id !== undefined)?.id;
  }
}

export interface Frame extends Heard {
  readonly stream: readonly unknown[];
  readonly error?: string;
}

/** A WebSocket of Mastodon's that remembers everything it heard. */
export class MastodonSocket implements Disposable {
  readonly texts: string[] = [];
  readonly #socket: WebSocket;
  pings = 0;
  code: number | undefined;
  reason: string | undefined;

  /** Without a token the query has one. */
  constructor(url: string, token: string | undefined, query = '') {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/streaming?${query}`, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    });
    this.#socket.on('message', (data) => {
      if (!Buffer.isBuffer(data)) throw new Error('a text frame comes as one buffer');
      this.texts.push(data.toString());
    });
    this.#socket.on('ping', () => (this.pings += 1));
    this.#socket.on('close', (code, reason) => {
      this.code = code;
      this.reason = reason.toString();
    });
    this.#socket.on('error', () => {});
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  get frames(): readonly Frame[] {
    return this.texts.map((text) => JSON.parse(text));
  }

  /** Of one stream, by its name and parameter as JSON. */
  wordsOn(...stream: readonly unknown[]): readonly string[] {
    const name = JSON.stringify(stream);
    return this.frames.filter((frame) => JSON.stringify(frame.stream) === name).map(wordsOf);
  }

  async until(condition: (client: this) => boolean, what: string): Promise<this> {
    await until(() => condition(this), what, DEADLINE_MS).catch((error: unknown) => {
      throw new Error(`${what}; heard so far: ${this.texts.slice(-20).join('\n')}`, { cause: error });
    });
    return this;
  }

  say(message: unknown): void {
    this.#socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Subscribes, and waits until the server says that it did. */
  async subscribe(wish: Readonly<Record<string, unknown>>): Promise<this> {
    await this.until(({ open }) => open, 'an open socket');
    const ack = `${Math.random()}`;
    this.say({ type: 'subscribe', ack, ...wish });
    return this.until(({ texts }) => texts.some((text) => text.includes(ack)), `an answer to ${JSON.stringify(wish)}`);
  }

  ping(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('pong', () => resolve());
      this.#socket.ping();
    });
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
