import { appendFileSync } from 'node:fs';
import { pause } from './wait.ts';

export interface Target {
  readonly url: string;
  readonly token: string;
}

/** A line of a publisher's file. */
export type PublisherLine =
  | { readonly tried: string; readonly texts: readonly string[]; readonly topic: string }
  | { readonly acked: string; readonly positions: readonly string[]; readonly duplicate: boolean }
  | { readonly refused: string; readonly status: number; readonly afterMs: number };

export interface PublisherOptions {
  readonly name: string;
  readonly file: string;
  readonly topic: string;
  /** Bytes of padding in each event, at most. */
  readonly padding?: number;
}

const ANSWER_MS = 20_000;
const RETRY_MS = 15;

/** Publishes one batch after another, each again and again under its key until it is answered with success. */
export class Publisher {
  readonly #target: Target;
  readonly #options: PublisherOptions;
  acked = 0;
  refused = 0;
  #n = 0;

  constructor(target: Target, options: PublisherOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Ends after the batch in hand was answered, once `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.publish();
  }

  async publish(): Promise<void> {
    const { name, topic, padding = 400 } = this.#options;
    const n = this.#n++;
    const key = `${name}-${n}`;
    const texts = Array.from(
      { length: 1 + (n % 3) },
      (_, part) => `${key}.${part} ${'p'.repeat((n * 37) % (padding + 1))}`,
    );
    this.#note({ tried: key, texts, topic });
    while (!(await this.#attempt(key, topic, texts))) await pause(RETRY_MS * (1 + Math.random()));
    this.acked += 1;
  }

  async #attempt(key: string, topic: string, texts: readonly string[]): Promise<boolean> {
    const began = performance.now();
    const body = JSON.stringify(texts.map((data) => ({ type: 'fault.said', topic, data })));
    const headers = {
      authorization: `Bearer ${this.#target.token}`,
      'content-type': 'application/cloudevents-batch+json',
      'idempotency-key': key,
    };
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(`${this.#target.url}/v1/events`, { method: 'POST', headers, body, signal });
      if (response.status === 200) {
        // The wire's own documented answer.
        const { positions, duplicate } = (await response.json()) as { positions: string[]; duplicate: boolean };
        this.#note({ acked: key, positions, duplicate });
        return true;
      }
      const said = await response.text();
      this.refused += 1;
      this.#note({ refused: key, status: response.status, afterMs: Math.round(performance.now() - began) });
      if (response.status < 500) throw new Error(`a publish was refused for good: ${response.status} ${said}`);
      return false;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('a publish was refused')) throw error;
      return false;
    }
  }

  #note(line: PublisherLine): void {
    appendFileSync(this.#options.file, `${JSON.stringify(line)}\n`);
  }
}
