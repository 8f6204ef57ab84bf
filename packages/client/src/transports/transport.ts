import type { CarillonEvent } from '../event.ts';

export type TransportName = 'websocket' | 'sse' | 'long-poll';

/** What one connection tells, in order. */
export type Signal =
  | { readonly kind: 'event'; readonly event: CarillonEvent }
  /** Nothing of these topics is missing up to here. */
  | { readonly kind: 'position'; readonly position: string }
  | { readonly kind: 'gap'; readonly earliest: string | undefined; readonly reason: string };

export interface Connection {
  /** Origin of the server, without a trailing slash. */
  readonly url: string;
  readonly token: string | undefined;
  readonly topics: readonly string[];
  /** A position, `earliest`, or undefined for from now on. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: typeof globalThis.WebSocket | undefined;
}

/**
 * One connection, from opening to its end. Returns when the connection ended in a way that invites back; throws
 * `CarillonClientError` when it was refused, any other error when the network failed.
 */
export type Transport = (connection: Connection) => AsyncGenerator<Signal, void>;

/** No byte for this long means that the connection is dead: the server speaks every 30 seconds. */
export const SILENCE_MS = 75_000;

export function eventsAddress(connection: Connection, extra: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(`${connection.url}/v1/events`);
  for (const topic of connection.topics) url.searchParams.append('topic', topic);
  for (const [name, value] of Object.entries(extra)) url.searchParams.set(name, value);
  return url;
}

export function authorization(connection: Connection): Record<string, string> {
  return connection.token === undefined ? {} : { authorization: `Bearer ${connection.token}` };
}
