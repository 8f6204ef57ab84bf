import type { ServerResponse } from 'node:http';
import type { ReadMessage } from './message.ts';

/** Whoever speaks on a socket that was taken out of Node's HTTP machinery. */
export interface SocketUser {
  /** Whose limits the socket counts against. */
  readonly address: string;
  socketClosed(): void;
}

/** Who uses a taken-over socket. */
export const USER = Symbol('user');
/** The last answer that Node's HTTP machinery began on a socket. */
export const LAST_ANSWER = Symbol('lastAnswer');
/** Set once a refusal was sent: nothing more is read as a request. */
export const REFUSED = Symbol('refused');
/** Bytes read when a socket was handed back after a long poll. */
export const HANDED_BACK_AT = Symbol('handedBackAt');

// One property on the socket instead of a closure per listener or a weak map of ten thousand entries.
declare module 'node:net' {
  interface Socket {
    [USER]?: SocketUser | undefined;
    [LAST_ANSWER]?: ServerResponse<ReadMessage> | undefined;
    [REFUSED]?: true | undefined;
    [HANDED_BACK_AT]?: number | undefined;
  }
}
