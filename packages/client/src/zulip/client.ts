import { CarillonClientError } from '../errors.ts';
import { ZulipError } from './errors.ts';
import { eventBatches, type ZulipEvent } from './event-loop.ts';
import { createPatience, WAITING, type Waiting } from './patience.ts';
import { createSend, type ZulipAccount, type ZulipAnswer, type ZulipFields } from './wire.ts';

const TRIES = 5;

export interface ZulipClientOptions extends ZulipAccount {
  /** Names the program to the server; for Node, since browsers keep their own name. */
  readonly userAgent?: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
  /** Longer than a server lets a question wait, its heartbeat included; 90 s when absent. */
  readonly pollTimeoutMs?: number;
  readonly waiting?: Waiting;
}

export interface RegisterOptions {
  /** Every type when absent. */
  readonly eventTypes?: readonly string[];
  readonly narrow?: readonly (readonly [operator: string, operand: string])[];
  readonly allPublicStreams?: boolean;
  /** Goes on behind this event of a queue that is gone; an extension of Carillon. */
  readonly lastEventId?: number;
  /** Any other parameter of `POST /register`, as on the wire. */
  readonly fields?: ZulipFields;
  readonly signal?: AbortSignal;
}

export interface EventLoopOptions extends Omit<RegisterOptions, 'lastEventId'> {
  /** The server no longer had what came after this event. */
  readonly onGap?: (lastEventId: number) => void;
  /** Something failed in passing and is tried again. */
  readonly onRetry?: (error: CarillonClientError) => void;
}

export interface PollOptions {
  readonly queueId: string;
  readonly lastEventId: number;
  readonly dontBlock?: boolean;
  readonly signal?: AbortSignal;
}

export interface CallOptions {
  /** Lets a `POST` or `PATCH` be tried again: the server does the same key once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface ZulipMessage {
  readonly id: number;
  readonly content: string;
  readonly [field: string]: unknown;
}

export interface NewZulipMessage {
  readonly type: 'stream' | 'channel' | 'private' | 'direct';
  readonly to: string | number | readonly (string | number)[];
  readonly content: string;
  readonly topic?: string;
  readonly [field: string]: unknown;
}

export interface ZulipClient {
  /**
   * Calls back with every event from now on, one after the other, through restarts, lost connections and expired
   * queues. Resolves when the signal fires; rejects with what the callback threw, or when the key is refused.
   */
  callOnEachEvent(callback: (event: ZulipEvent) => unknown, options?: EventLoopOptions): Promise<void>;
  /** The same with every message that the account receives. */
  callOnEachMessage(
    callback: (message: ZulipMessage) => unknown,
    options?: Omit<EventLoopOptions, 'eventTypes'>,
  ): Promise<void>;
  /** Makes a queue; answers with `queue_id`, `last_event_id` and the state that was asked for. Asks once. */
  register(options?: RegisterOptions): Promise<ZulipAnswer>;
  /** Asks once; `callOnEachEvent` asks again. */
  getEvents(options: PollOptions): Promise<ZulipAnswer>;
  /** Tried again, it is still sent once. */
  sendMessage(message: NewZulipMessage, options?: CallOptions): Promise<ZulipAnswer>;
  /** Any call, `path` behind `/api/v1/`. Tries again what fails in passing, where twice is the same as once. */
  call(method: string, path: string, fields?: ZulipFields, options?: CallOptions): Promise<ZulipAnswer>;
}

export function createZulipClient(options: ZulipClientOptions): ZulipClient {
  const { waiting = WAITING, timeoutMs = 15_000, pollTimeoutMs = 90_000 } = options;
  const send = createSend(options, options.fetch ?? globalThis.fetch.bind(globalThis), options.userAgent);

  async function register(wanted: RegisterOptions = {}): Promise<ZulipAnswer> {
    const fields = {
      event_types: wanted.eventTypes,
      narrow: wanted.narrow,
      all_public_streams: wanted.allPublicStreams,
      ...wanted.fields,
      last_event_id: wanted.lastEventId,
    };
    return send({ method: 'POST', path: 'register', fields, timeoutMs, signal: wanted.signal ?? never() });
  }

  async function getEvents({ queueId, lastEventId, dontBlock, signal = never() }: PollOptions): Promise<ZulipAnswer> {
    const fields = { queue_id: queueId, last_event_id: lastEventId, dont_block: dontBlock };
    return send({ method: 'GET', path: 'events', fields, timeoutMs: pollTimeoutMs, signal });
  }

  async function callOnEachEvent(
    callback: (event: ZulipEvent) => unknown,
    { onGap = nothing, onRetry = nothing, signal = never(), ...wanted }: EventLoopOptions = {},
  ): Promise<void> {
    const batches = eventBatches({
      register: (lastEventId) => register({ ...wanted, signal, ...(lastEventId === undefined ? {} : { lastEventId }) }),
      getEvents: (queueId, lastEventId) => getEvents({ queueId, lastEventId, signal }),
      patience: createPatience(waiting, signal),
      signal,
      onGap,
      onRetry,
    });
    for await (const events of batches) {
      for (const event of events) {
        if (signal.aborted) return;
        await callback(event);
      }
    }
  }

  async function call(
    method: string,
    path: string,
    fields: ZulipFields = {},
    { idempotencyKey, signal = never() }: CallOptions = {},
  ): Promise<ZulipAnswer> {
    const isSafe = ['GET', 'PUT', 'DELETE'].includes(method) || idempotencyKey !== undefined;
    const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    const patience = createPatience(waiting, signal);
    for (let tried = 1; ; tried++) {
      try {
        return await send({ method, path, fields, headers, timeoutMs, signal });
      } catch (error) {
        if (signal.aborted || tried === TRIES || !mayRepeat(error, isSafe)) throw error;
        await patience.wait(error instanceof ZulipError ? error.retryAfterMs : undefined);
      }
    }
  }

  return {
    callOnEachEvent,
    callOnEachMessage(callback, wanted = {}) {
      // A `message` event always carries its message: the API's reference, "GET /events".
      const told = (event: ZulipEvent): unknown => callback(event['message'] as ZulipMessage);
      return callOnEachEvent(told, { ...wanted, eventTypes: ['message'] });
    },
    register,
    getEvents,
    sendMessage(message, wanted = {}) {
      return call('POST', 'messages', message, { idempotencyKey: crypto.randomUUID(), ...wanted });
    },
    call,
  };
}

/** What was refused for its rate was not done; all else that fails in passing may have been. */
function mayRepeat(error: unknown, isSafe: boolean): boolean {
  if (!(error instanceof CarillonClientError) || !error.retryable) return false;
  return isSafe || (error instanceof ZulipError && error.status === 429);
}

function never(): AbortSignal {
  return new AbortController().signal;
}

function nothing(): void {}
