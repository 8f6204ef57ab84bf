import type {
  Appended,
  Event,
  Head,
  IdempotencyKey,
  LogStore,
  NewEvent,
  Page,
  Position,
  ReadQuery,
} from '@carillon/core';
import { CarillonError } from '@carillon/core';
import type { OpenLog } from '../log/contract.ts';

/** How long an event lives by the class of a topic (kernel K7); for good when absent. */
const LIVES_MS: readonly (readonly [string, number])[] = [
  ['app:', 2 * 60_000],
  ['system', 24 * 3_600_000],
];

/** The contracts said as plainly as possible: everything in one array, nothing on disk. */
export class ReferenceLog implements OpenLog {
  readonly sequencer = { append: this.#append.bind(this), erase: this.#erase.bind(this) };
  readonly store: LogStore;
  readonly #events: Event[] = [];
  readonly #keys = new Map<string, { readonly digest: string; readonly positions: readonly Position[] }>();
  readonly #removed = new Map<string, Position>();
  readonly #listeners = new Set<(events: readonly Event[]) => void>();
  #end = 0;
  #sealedMs: number | undefined;
  #lastTime = 0;

  constructor(epoch = '00000000') {
    const head = (): Head => ({ epoch, position: this.#end, sealedMs: this.#seal() });
    this.store = {
      get head() {
        return head();
      },
      read: this.#read.bind(this),
      lastRemoved: (topics) => Math.max(0, ...topics.map((topic) => this.#removed.get(topic) ?? 0)),
      onAdvance: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  async close(): Promise<void> {}

  async expire(nowMs: number): Promise<void> {
    for (const event of this.#events.filter((event) =>
      event.topics.every((topic) => isOver(topic, event.time, nowMs)),
    )) {
      this.#events.splice(this.#events.indexOf(event), 1);
      for (const topic of event.topics) this.#removed.set(topic, event.position);
    }
  }

  async #append(events: readonly NewEvent[], idempotency?: IdempotencyKey): Promise<Appended> {
    const name = idempotency && JSON.stringify([idempotency.scope, idempotency.key]);
    const known = name === undefined ? undefined : this.#keys.get(name);
    if (known && known.digest !== idempotency?.digest)
      throw new CarillonError('unprocessable', 'the key was used before');
    if (known) return { positions: known.positions, duplicate: true };
    this.#lastTime = Math.max(this.#lastTime, Date.now());
    const stored = events.map((event): Event => {
      this.#end += 1;
      const id = (this.#lastTime - Date.UTC(2020, 0, 1)) * 4_096 + this.#end;
      return { ...event, data: event.data.slice(), position: this.#end, id, time: this.#lastTime, erased: false };
    });
    this.#take(stored);
    const positions = stored.map((event) => event.position);
    if (name !== undefined && idempotency) this.#keys.set(name, { digest: idempotency.digest, positions });
    return { positions, duplicate: false };
  }

  /** Takes events that another log ordered. */
  async ingest(events: readonly Event[], sealedMs: number): Promise<void> {
    this.#sealedMs = Math.max(this.#sealedMs ?? 0, sealedMs);
    if (events.length === 0) return;
    if (events[0]?.position !== this.#end + 1) throw new Error(`${events[0]?.position} does not follow ${this.#end}`);
    this.#end += events.length;
    this.#take(events);
  }

  #take(stored: readonly Event[]): void {
    this.#events.push(...stored);
    for (const listener of this.#listeners) listener(stored);
  }

  async #erase(positions: readonly Position[]): Promise<void> {
    for (const [index, event] of this.#events.entries()) {
      if (positions.includes(event.position)) this.#events[index] = { ...event, data: new Uint8Array(), erased: true };
    }
  }

  /** The sequencer's word for a follower; for a log that stamps by itself the clock, which it then never gives again. */
  #seal(): number {
    if (this.#sealedMs !== undefined) return this.#sealedMs;
    this.#lastTime = Math.max(this.#lastTime, Date.now());
    return this.#lastTime - 1;
  }

  async #read({ topics, after, until = this.#end, limit, maxBytes = Infinity }: ReadQuery): Promise<Page> {
    const lost = topics.map(({ topic, since }) => {
      const removed = this.#removed.get(topic) ?? 0;
      return removed > since ? removed : 0;
    });
    const earliest = Math.max(0, ...lost);
    if (earliest > after) return { kind: 'gap', earliest };
    const bound = Math.min(until, this.#end);
    const wanted = (event: Event): boolean =>
      topics.some(({ topic, since }) => event.position > since && event.topics.includes(topic));
    const events: Event[] = [];
    let bytes = 0;
    for (const event of this.#events) {
      if (event.position <= after || event.position > bound || !wanted(event)) continue;
      if (events.length === limit || (events.length > 0 && bytes >= maxBytes)) {
        return { kind: 'page', events, upTo: events.at(-1)?.position ?? after };
      }
      events.push(event);
      bytes += event.data.length;
    }
    return { kind: 'page', events, upTo: Math.max(bound, after) };
  }
}

function isOver(topic: string, time: number, nowMs: number): boolean {
  const rule = LIVES_MS.find(([prefix]) => topic.startsWith(prefix));
  return rule !== undefined && time + rule[1] < nowMs;
}
