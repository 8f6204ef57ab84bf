import type { Event, NewEvent, Routing } from '@carillon/core';

/** What an event has beside its type, topics and data, as one JSON text; empty when there is nothing. */
interface Extra {
  a?: string;
  r?: Routing;
  s?: readonly string[];
  c?: string;
  x?: Readonly<Record<string, string>>;
}

export function encodeExtra(event: NewEvent): string {
  const { actor, routing, subjects, contentType, attributes } = event;
  if (!actor && !routing && !subjects && !contentType && !attributes) return '';
  const extra: Extra = {};
  if (actor !== undefined) extra.a = actor;
  if (routing !== undefined) extra.r = routing;
  if (subjects !== undefined) extra.s = subjects;
  if (contentType !== undefined) extra.c = contentType;
  if (attributes !== undefined) extra.x = attributes;
  return JSON.stringify(extra);
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Puts what `encodeExtra` wrote back into an event. */
export function addExtra(event: Writable<Event>, text: string): void {
  if (text === '') return;
  // Only `encodeExtra` writes this text, and its row's sum was checked.
  const extra = JSON.parse(text) as Extra;
  if (extra.a !== undefined) event.actor = extra.a;
  if (extra.r !== undefined) event.routing = extra.r;
  if (extra.s !== undefined) event.subjects = extra.s;
  if (extra.c !== undefined) event.contentType = extra.c;
  if (extra.x !== undefined) event.attributes = extra.x;
}

export function subjectsOf(extra: string): readonly string[] {
  // The row's sum was checked: this is the text that `encodeExtra` wrote.
  return extra.includes('"s":') ? ((JSON.parse(extra) as Extra).s ?? []) : [];
}
