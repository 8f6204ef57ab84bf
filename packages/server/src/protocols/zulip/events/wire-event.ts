import type { Event } from '@carillon/core';
import type { View } from '../../../view/index.ts';
import type { Site } from '../entities/site.ts';
import type { QueueOptions } from '../queues/queue-options.ts';

/** An event as clients get it (reference §10), but for its `id`, which is the position in the log. */
export interface WireEvent {
  readonly type: string;
  readonly op?: string;
  readonly [member: string]: unknown;
}

/** Who is told, and how. */
export interface Recipient {
  readonly view: View;
  readonly options: QueueOptions;
  readonly site: Site;
}

/** What a queue is told of one event of the domain: nothing, or any number of wire events. Pure. */
export type Encoder = (event: Event, to: Recipient) => readonly WireEvent[];

export type Encoders = Readonly<Record<string, Encoder>>;
