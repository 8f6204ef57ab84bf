import { until } from '@carillon/conformance';
import { WebSocket } from 'ws';
import { DEADLINE_MS } from './deadline.ts';

export type Message = Readonly<Record<string, unknown>>;

/** A WebSocket that remembers everything it heard. */
export class WsClient implements Disposable {
  readonly messages: Message[] = [];
  readonly #socket: WebSocket;
  code: number | undefined;
  /** HTTP status of a refused upgrade. */
  status: number | undefined;

  constructor(url: string, token: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/v1/events?access_token=${token}`);
    this.#socket.on('message', (data) => {
      if (!Buffer.isBuffer(data)) throw new Error('a text frame comes as one buffer');
      this.messages.push(JSON.parse(data.toString()));
    });
    this.#socket.on('close', (code) => (this.code = code));
    this.#socket.on('error', () => {});
    this.#socket.on('unexpected-response', (_, response) => {
      this.status = response.statusCode;
      response.destroy();
    });
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Data of the events heard, in order. */
  get data(): readonly unknown[] {
    return this.of('event').map(({ event }) => (event as Message).data);
  }

  of(type: string): readonly Message[] {
    return this.messages.filter((message) => message.type === type);
  }

  async until(condition: (client: this) => boolean, what: string): Promise<this> {
    await until(() => condition(this), what, DEADLINE_MS).catch((error: unknown) => {
      throw new Error(`heard so far: ${JSON.stringify(this.messages.slice(-20))}`, { cause: error });
    });
    return this;
  }

  say(message: unknown): void {
    this.#socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Says it and waits for the answer with its id. */
  async ask(message: Message): Promise<Message> {
    await this.until(({ open }) => open, 'an open socket');
    const id = `ask-${Math.random()}`;
    this.say({ ...message, id });
    await this.until(
      ({ messages }) => messages.some((heard) => heard.id === id),
      `an answer to ${JSON.stringify(message)}`,
    );
    const answer = this.messages.find((heard) => heard.id === id);
    if (!answer) throw new Error('the answer vanished');
    return answer;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
