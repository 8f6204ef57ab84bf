import type { Event } from '@carillon/core';
import type { Group } from './group.ts';
import type { Interest, InterestTable } from './interest.ts';
import type { Topic, TopicTable } from './topic-table.ts';

/** Which event reaches which interest through which of its topics, as linked lists in flat arrays. */
export interface Entries {
  /** Index of the event among those routed. */
  events: Int32Array;
  /** The interest's next entry, -1 at the end. */
  next: Int32Array;
  /** Bits of the event's topics: the first 32, and the rest. */
  low: Int32Array;
  high: Int32Array;
}

export interface Routed {
  readonly groups: readonly { readonly group: Group; readonly firstEntry: number }[];
  /** Interests with parked waits. */
  readonly awaited: readonly Interest[];
  /** Valid until the next `route`. */
  readonly entries: Entries;
}

/** Once this many pairs of event and interest are found, later events wait for the next pass. */
const MAX_ENTRIES = 250_000;
/** Events of one pass; encoding them holds up everything else. */
const MAX_EVENTS = 2_048;

/** Finds out who is touched by events. Its arrays are used again by each pass. */
export class Router {
  readonly #topics: TopicTable;
  readonly #interests: InterestTable;
  readonly #entries: Entries = {
    events: new Int32Array(1_024),
    next: new Int32Array(1_024),
    low: new Int32Array(1_024),
    high: new Int32Array(1_024),
  };
  #used = 0;
  /** By interest number: the pass that touched it last, its first and its last entry. */
  #stamps = new Int32Array(256);
  #firsts = new Int32Array(256);
  #lasts = new Int32Array(256);
  #stamp = 0;
  #touched: number[] = [];

  constructor(topics: TopicTable, interests: InterestTable) {
    this.#topics = topics;
    this.#interests = interests;
  }

  /** Routes as many of the events as one pass takes, at least one. */
  route(events: readonly Event[]): { readonly routed: Routed; readonly taken: number } {
    this.#stamp = (this.#stamp + 1) | 0;
    this.#used = 0;
    this.#touched = [];
    let taken = 0;
    for (const event of events) {
      if (this.#used > MAX_ENTRIES || taken === MAX_EVENTS) break;
      for (const [index, name] of event.topics.entries()) {
        const topic = this.#topics.find(name);
        if (topic) this.#touch(topic, taken, index);
      }
      taken++;
    }
    return { routed: this.#collect(), taken };
  }

  #touch(topic: Topic, event: number, index: number): void {
    const low = index < 32 ? 1 << index : 0;
    const high = index < 32 ? 0 : 1 << (index - 32);
    const { interests, count } = topic;
    this.#ensureEntries(this.#used + count);
    const entries = this.#entries;
    for (let slot = 0; slot < count; slot++) {
      const interest = interests[slot] ?? 0;
      if (interest >= this.#stamps.length) this.#ensureInterests(interest);
      const fresh = this.#stamps[interest] !== this.#stamp;
      const last = fresh ? -1 : (this.#lasts[interest] ?? -1);
      if (last >= 0 && entries.events[last] === event) {
        entries.low[last] = (entries.low[last] ?? 0) | low;
        entries.high[last] = (entries.high[last] ?? 0) | high;
        continue;
      }
      const entry = this.#used++;
      entries.events[entry] = event;
      entries.next[entry] = -1;
      entries.low[entry] = low;
      entries.high[entry] = high;
      this.#lasts[interest] = entry;
      if (!fresh) {
        entries.next[last] = entry;
        continue;
      }
      this.#stamps[interest] = this.#stamp;
      this.#firsts[interest] = entry;
      this.#touched.push(interest);
    }
  }

  #collect(): Routed {
    const groups: { group: Group; firstEntry: number }[] = [];
    const awaited: Interest[] = [];
    for (const number of this.#touched) {
      const interest = this.#interests.get(number);
      if (interest.waits.length > 0) awaited.push(interest);
      for (const group of interest.groups) {
        if (group.members.length > 0) groups.push({ group, firstEntry: this.#firsts[number] ?? -1 });
      }
    }
    return { groups, awaited, entries: this.#entries };
  }

  #ensureEntries(length: number): void {
    if (length <= this.#entries.events.length) return;
    const size = Math.max(length, 2 * this.#entries.events.length);
    this.#entries.events = grown(this.#entries.events, size);
    this.#entries.next = grown(this.#entries.next, size);
    this.#entries.low = grown(this.#entries.low, size);
    this.#entries.high = grown(this.#entries.high, size);
  }

  #ensureInterests(number: number): void {
    const size = Math.max(number + 1, 2 * this.#stamps.length);
    this.#stamps = grown(this.#stamps, size);
    this.#firsts = grown(this.#firsts, size);
    this.#lasts = grown(this.#lasts, size);
  }
}

function grown(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}
