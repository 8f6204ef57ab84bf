import { type Backoff, backoffMs, pause } from './backoff.ts';
import { CarillonClientError, GapError } from './errors.ts';
import type { CarillonEvent } from './event.ts';
import { longPoll } from './transports/long-poll.ts';
import { sse } from './transports/sse.ts';
import type { Connection, Signal, Transport, TransportName } from './transports/transport.ts';
import { websocket } from './transports/websocket.ts';

const TRANSPORTS: Readonly<Record<TransportName, Transport>> = { websocket, sse, 'long-poll': longPoll };

export interface SubscribeOptions {
  /** A position from an earlier event, `earliest` for everything kept, or `now` (the default). */
  readonly from?: 'now' | 'earliest' | (string & {});
  /** In the order to try them; the one that worked is kept. */
  readonly transports?: readonly TransportName[];
  /** Ends the iteration quietly. */
  readonly signal?: AbortSignal;
  /** `raise` (the default) throws `GapError`; `continue` goes on with what is kept. */
  readonly onGap?: 'raise' | 'continue';
  /** Only a test of the server switches this off: drops an event that was already delivered. */
  readonly filterDuplicates?: boolean;
}

export interface SubscriptionSettings extends Required<Omit<SubscribeOptions, 'signal'>> {
  readonly connect: (since: string | undefined, signal: AbortSignal, renew: boolean) => Promise<Connection>;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
}

/** Reconnects for ever, on whichever transport works, and carries its position from one to the next. */
export async function* subscription(settings: SubscriptionSettings): AsyncGenerator<CarillonEvent, void> {
  const { signal, transports } = settings;
  let since = settings.from === 'now' ? undefined : settings.from;
  let choice = 0;
  let failures = 0;
  let renew = false;
  while (!signal.aborted) {
    let heard = false;
    const ending = new AbortController();
    try {
      const connection = await settings.connect(since, AbortSignal.any([signal, ending.signal]), renew);
      const transport = TRANSPORTS[transports[choice % transports.length] ?? 'websocket'];
      for await (const told of transport(connection)) {
        if (signal.aborted) return;
        heard = true;
        failures = 0;
        renew = false;
        if (told.kind === 'gap' && settings.onGap === 'raise') throw new GapError(told.earliest, told.reason);
        const repeated = settings.filterDuplicates && isRepeated(told, since);
        since = nextPosition(told, since);
        if (told.kind === 'event' && !repeated) yield told.event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CarillonClientError && !mayComeBack(error, renew)) throw error;
      renew = error instanceof CarillonClientError && error.code === 'unauthorized';
    } finally {
      ending.abort();
    }
    if (!heard) choice++;
    await pause(backoffMs(settings.backoff, failures++), signal);
  }
}

/** A refused credential is worth one more try with a fresh one; every other refusal says itself whether it may pass. */
function mayComeBack(error: CarillonClientError, renewed: boolean): boolean {
  if (error.code === 'unauthorized') return !renewed;
  return error.retryable;
}

/** Tokens of one history sort as text like their positions. */
function isRepeated(told: Signal, since: string | undefined): boolean {
  if (told.kind !== 'event' || since === undefined || since === 'earliest') return false;
  return epochOf(told.event.position) === epochOf(since) && told.event.position <= since;
}

function nextPosition(told: Signal, since: string | undefined): string | undefined {
  if (told.kind === 'event') return told.event.position;
  if (told.kind === 'position') return told.position;
  return told.earliest ?? since;
}

function epochOf(position: string): string | undefined {
  return position.split('_')[1];
}
