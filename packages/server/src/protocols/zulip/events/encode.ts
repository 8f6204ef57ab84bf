import type { Event } from '@carillon/core';
import { fitsNarrow } from '../queues/narrow.ts';
import { messageEncoders } from './messages.ts';
import type { Encoders, Recipient, WireEvent } from './wire-event.ts';

const ENCODERS: Encoders = { ...messageEncoders };

/** What one queue is told of an event: of the types that it wants, in order. */
export function encodeEvent(event: Event, to: Recipient): readonly WireEvent[] {
  const told = ENCODERS[event.type]?.(event, to) ?? [];
  const { types, narrow } = to.options;
  return told.filter((one) => (types?.includes(one.type) ?? true) && fitsNarrow(one, narrow));
}
