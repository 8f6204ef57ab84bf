import type { Event, Head, LogStore, NewEvent, Page, Position, ReadQuery } from '@carillon/core';

/** The log's reading contract over an array, with the moments of hints and answers in the test's hand. */
export class FakeLog implements LogStore {
  /** While false, `append` tells nobody; `hint` does. */
  telling = true;
  /** Answers reads later: in a microtask, or when the test lets them. */
  readonly held: (() => void)[] = [];
  holding = false;
  /** Turns of the event loop that every answer takes. */
  latency = 0;
  failure: Error | undefined;
  reads: ReadQuery[] = [];
  readonly #events: Event[] = [];
  readonly #removed = new Map<string, Position>();
  readonly #listeners = new Set<(events: readonly Event[]) => void>();
  #end = 0;
  #told = 0;

  get head(): Head {
    return { epoch: 'abcdefgh', position: this.#end, sealedMs: 0 };
  }

  get events(): readonly Event[] {
    return this.#events;
  }

  append(...events: readonly (Pick<NewEvent, 'topics'> & Partial<NewEvent>)[]): Position {
    for (const event of events) {
      const position = ++this.#end;
      this.#events.push({
        type: 'test',
        data: Buffer.from(String(position)),
        ...event,
        position,
        id: position,
        time: position,
        erased: false,
      });
    }
    if (this.telling) this.hint();
    return this.#end;
  }

  publish(...topics: readonly string[]): Position {
    return this.append({ topics });
  }

  /** Tells what became durable since the last hint. */
  hint(): void {
    const fresh = this.#events.filter((event) => event.position > this.#told);
    this.#told = this.#end;
    for (const listener of this.#listeners) listener(fresh);
  }

  /** Loses a hint: what became durable since the last one is never told. */
  loseHint(): void {
    this.#told = this.#end;
  }

  remove(upTo: Position): void {
    for (let index = this.#events.length - 1; index >= 0; index--) {
      const event = this.#events[index];
      if (!event || event.position > upTo) continue;
      this.#events.splice(index, 1);
      for (const topic of event.topics) {
        this.#removed.set(topic, Math.max(event.position, this.#removed.get(topic) ?? 0));
      }
    }
  }

  lastRemoved(topics: readonly string[]): Position {
    return Math.max(0, ...topics.map((topic) => this.#removed.get(topic) ?? 0));
  }

  onAdvance(listener: (events: readonly Event[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async read(query: ReadQuery): Promise<Page> {
    this.reads.push(query);
    const page = this.#page(query);
    for (let turns = this.latency; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    if (this.holding) await new Promise<void>((resolve) => this.held.push(resolve));
    if (this.failure) throw this.failure;
    return page;
  }

  release(): void {
    for (const resolve of this.held.splice(0)) resolve();
  }

  #page({ topics, after, until = this.#end, limit, maxBytes = Infinity }: ReadQuery): Page {
    const earliest = Math.max(
      0,
      ...topics.map(({ topic, since }) => {
        const removed = this.#removed.get(topic) ?? 0;
        return removed > since ? removed : 0;
      }),
    );
    if (earliest > after) return { kind: 'gap', earliest };
    const bound = Math.min(until, this.#end);
    const events: Event[] = [];
    let bytes = 0;
    for (const event of this.#events) {
      const { position } = event;
      if (position <= after || position > bound) continue;
      if (!topics.some(({ topic, since }) => position > since && event.topics.includes(topic))) continue;
      if (events.length === limit || (events.length > 0 && bytes >= maxBytes)) {
        return { kind: 'page', events, upTo: events.at(-1)?.position ?? after };
      }
      events.push(event);
      bytes += event.data.length;
    }
    return { kind: 'page', events, upTo: Math.max(bound, after) };
  }
}
