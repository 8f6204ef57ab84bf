import type { Event } from '@carillon/core';
import { messageEncoders } from './messages.ts';
import type { Encoders, Recipient, WireEvent } from './wire-event.ts';

const ENCODERS: Encoders = { ...messageEncoders };

/** What one queue is told of an event: of the types that it wants, in order. */
export function encodeEvent(event: Event, to: Recipient): readonly WireEvent[] {
  const told = ENCODERS[event.type]?.(event, to) ?? [];
  const { types } = to.options;
  return types ? told.filter(({ type }) => types.includes(type)) : told;
}
