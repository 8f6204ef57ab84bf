import { CarillonClientError } from '../errors.ts';
import { unreachable, ZulipError } from './errors.ts';
import type { Patience } from './patience.ts';
import type { ZulipAnswer } from './wire.ts';

export interface ZulipEvent {
  readonly id: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface LoopSettings {
  /** Goes on behind this event, where the server still can. */
  readonly register: (lastEventId: number | undefined) => Promise<ZulipAnswer>;
  readonly getEvents: (queueId: string, lastEventId: number) => Promise<ZulipAnswer>;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly onGap: (lastEventId: number) => void;
  readonly onRetry: (error: CarillonClientError) => void;
}

interface Queue {
  readonly id: string;
  readonly last: number;
}

/**
 * Batches of events, each event once, in order, until the signal fires. What a batch holds is acknowledged by the next
 * question, which comes when the batch is done. Throws when the key is refused, or the registration itself.
 */
export async function* eventBatches(settings: LoopSettings): AsyncGenerator<readonly ZulipEvent[], void> {
  const { patience, signal } = settings;
  let queue: Queue | undefined;
  let last: number | undefined;
  while (!signal.aborted) {
    let events: readonly ZulipEvent[];
    try {
      queue ??= await openQueue(settings, last);
      last = queue.last;
      events = eventsAfter(last, await settings.getEvents(queue.id, last));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof CarillonClientError) || isFinal(error, queue !== undefined)) throw error;
      settings.onRetry(error);
      // BAD_EVENT_QUEUE_ID, or a position that this queue does not know: only another queue helps.
      if (!error.retryable) queue = undefined;
      await patience.wait(error instanceof ZulipError ? error.retryAfterMs : undefined);
      continue;
    }
    patience.reset();
    if (events.length > 0) {
      yield events.filter(({ type }) => type !== 'heartbeat');
      queue = { id: queue.id, last: Math.max(...events.map(({ id }) => id)) };
    } else {
      // Another poll took this one's place, or the server has odd ideas: not a reason to ask without end.
      await patience.wait();
      patience.reset();
    }
  }
}

/** A queue that is gone is replaced by one that goes on where it stopped; -1 is a place in its own queue only. */
async function openQueue({ register, onGap }: LoopSettings, had: number | undefined): Promise<Queue> {
  const from = had === undefined || had < 0 ? undefined : had;
  const answer = await register(from);
  const { queue_id: id, last_event_id: last, ignored_parameters_unsupported: ignored } = answer;
  if (typeof id !== 'string' || !isId(last)) throw unreachable('the server registered no event queue');
  const resumed = last === from && !(Array.isArray(ignored) && ignored.includes('last_event_id'));
  if (had !== undefined && !resumed) onGap(had);
  return { id, last };
}

function isFinal(error: CarillonClientError, registered: boolean): boolean {
  if (error instanceof ZulipError && error.status === 401) return true;
  return !error.retryable && !registered;
}

function eventsAfter(last: number, { events }: ZulipAnswer): readonly ZulipEvent[] {
  if (!Array.isArray(events) || !events.every(isEvent)) throw unreachable('the server answered without events');
  return events.filter(({ id }) => id > last);
}

function isEvent(value: unknown): value is ZulipEvent {
  return typeof value === 'object' && value !== null && 'id' in value && isId(value.id);
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
