import { CarillonError, formatToken, type IdempotencyKey, type NewEvent, type Principal } from '@carillon/core';
import type { EventsDependencies } from './dependencies.ts';
import { digestOf } from './digest.ts';

export interface Published {
  /** One token per event, in the order given. */
  readonly positions: readonly string[];
  /** True when the key was known: nothing was stored now, these are the first answer's positions. */
  readonly duplicate: boolean;
}

/** Stores what a client publishes, over HTTP and WebSocket alike. */
export interface Publisher {
  /** Resolves after the events are on stable storage. */
  publish(principal: Principal, events: readonly NewEvent[], key: string | undefined): Promise<Published>;
}

export function createPublisher({ gate, log, sequencer, settings }: EventsDependencies): Publisher {
  let pending = 0;

  async function publish(
    principal: Principal,
    events: readonly NewEvent[],
    key: string | undefined,
  ): Promise<Published> {
    const topics = events.length === 1 ? (events[0]?.topics ?? []) : events.flatMap((event) => event.topics);
    gate.require(principal, 'publish', topics);
    for (const topic of topics) refuseStream(topic);
    if (events.length === 0) return { positions: [], duplicate: false };
    if (pending >= settings.maxPendingPublishes) {
      throw new CarillonError('rate-limited', 'too many publishes wait for the disk', { facts: { retryAfter: 1 } });
    }
    pending++;
    try {
      const { positions, duplicate } = await sequencer.append(events, idempotency(principal, events, key));
      const { epoch } = log.head;
      return { positions: positions.map((position) => formatToken({ position, epoch })), duplicate };
    } finally {
      pending--;
    }
  }

  return { publish };
}

/** A stream has content type, end and producers of its own; only its own address can keep them. */
function refuseStream(topic: string): void {
  if (topic.startsWith('stream:')) {
    throw new CarillonError('forbidden', `"${topic}" is a stream: append to it under /v1/stream/`);
  }
}

function idempotency(
  principal: Principal,
  events: readonly NewEvent[],
  key: string | undefined,
): IdempotencyKey | undefined {
  if (key === undefined) return undefined;
  return { scope: `events/${principal.app}/${principal.id}`, key, digest: digestOf(events) };
}
