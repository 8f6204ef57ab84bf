import { type Backoff, backoffMs, DEFAULT_BACKOFF, pause } from './backoff.ts';
import { CarillonClientError, errorOf, problemOf } from './errors.ts';
import type { CarillonEvent, NewEvent, Published } from './event.ts';
import { type SubscribeOptions, subscription } from './subscription.ts';

export interface ClientOptions {
  /** Origin of the server: `https://events.example.org`. */
  readonly url: string;
  /** A token or API key, or a function that gets one; it is asked again when the server says that one expired. */
  readonly token?: string | (() => string | Promise<string>);
  readonly backoff?: Backoff;
  readonly fetch?: typeof globalThis.fetch;
  readonly WebSocket?: typeof globalThis.WebSocket;
}

export interface PublishOptions {
  /** Makes the call safe to repeat for 24 hours; made up when absent, so that the client's own retries are safe. */
  readonly idempotencyKey?: string;
  /** Tries in all while the network or the server fails; 5 when absent. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

export interface CarillonClient {
  /** Every event of these topics, once, in order, across any number of reconnects. Ends with its signal or `break`. */
  subscribe(topics: string | readonly string[], options?: SubscribeOptions): AsyncIterableIterator<CarillonEvent>;
  /** Stores one event or a batch (all or none); resolves when it is durable. */
  publish(events: NewEvent | readonly NewEvent[], options?: PublishOptions): Promise<Published>;
}

export function createClient(options: ClientOptions): CarillonClient {
  const url = options.url.replace(/\/+$/, '');
  const request = options.fetch ?? globalThis.fetch.bind(globalThis);
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const token = createTokenSource(options.token);

  async function publishOnce(
    body: string,
    key: string,
    batch: boolean,
    signal: AbortSignal,
    renew: boolean,
  ): Promise<Published> {
    const credential = await token(renew);
    const response = await request(`${url}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': batch ? 'application/cloudevents-batch+json' : 'application/cloudevents+json',
        'idempotency-key': key,
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      },
      body,
      signal,
    });
    if (!response.ok) throw errorOf(await problemOf(response));
    // A 200 of `POST /v1/events` has this shape: the native protocol's README.
    return (await response.json()) as Published;
  }

  return {
    subscribe(topics, wanted = {}) {
      return subscription({
        from: wanted.from ?? 'now',
        transports: wanted.transports ?? ['websocket', 'sse', 'long-poll'],
        onGap: wanted.onGap ?? 'raise',
        filterDuplicates: wanted.filterDuplicates ?? true,
        signal: wanted.signal ?? new AbortController().signal,
        backoff,
        connect: async (since, signal, renew) => ({
          url,
          topics: typeof topics === 'string' ? [topics] : topics,
          token: await token(renew),
          since,
          signal,
          fetch: request,
          WebSocket: options.WebSocket ?? globalThis.WebSocket,
        }),
      });
    },
    async publish(
      events,
      { idempotencyKey = crypto.randomUUID(), attempts = 5, signal = new AbortController().signal } = {},
    ) {
      const body = JSON.stringify(events);
      let renew = false;
      for (let failures = 0; ; failures++) {
        try {
          return await publishOnce(body, idempotencyKey, Array.isArray(events), signal, renew);
        } catch (error) {
          const refused = error instanceof CarillonClientError;
          const expired: boolean =
            refused && error.code === 'unauthorized' && !renew && typeof options.token === 'function';
          if (signal.aborted || failures + 1 >= attempts || (refused && !error.retryable && !expired)) throw error;
          renew = expired;
        }
        await pause(backoffMs(backoff, failures), signal);
      }
    },
  };
}

function createTokenSource(source: ClientOptions['token']): (renew: boolean) => Promise<string | undefined> {
  if (typeof source !== 'function') return async () => source;
  let current: Promise<string> | undefined;
  return (renew) => {
    if (renew || !current) {
      current = Promise.resolve(source());
      current.catch(() => (current = undefined));
    }
    return current;
  };
}
