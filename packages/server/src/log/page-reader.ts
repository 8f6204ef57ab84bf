import { CarillonError, type Event, type Page, type Position, type ReadQuery } from '@carillon/core';
import type { ReaderPool } from '../storage/index.ts';
import { erasedEvent, eventOfRow } from './events.ts';
import type { Intake } from './intake.ts';
import { fetchEvents } from './queries.ts';
import { unpackRows } from './row-codec.ts';

export interface PageParts {
  readonly file: string;
  readonly pool: ReaderPool;
  readonly intake: Intake;
  /** Resolves once everything that was committed before is known here. */
  readonly settled: () => Promise<void>;
}

interface Plan {
  readonly positions: readonly Position[];
  /** How many of them, from the first, are older than the tail. */
  readonly old: number;
  readonly recent: readonly Event[];
  readonly until: Position;
  readonly limit: number;
}

/** Pages from the tail where it reaches, from the reader threads where it does not. */
export class PageReader {
  readonly #parts: PageParts;
  #reading = 0;
  /** Positions erased while something is being read. */
  readonly #erased = new Set<Position>();

  constructor(parts: PageParts) {
    this.#parts = parts;
    // Reads under way must not show what they fetched before.
    parts.intake.onErase((erased) => {
      if (this.#reading > 0) for (const position of erased) this.#erased.add(position);
    });
  }

  readNow(query: ReadQuery): Page | undefined {
    const plan = this.#plan(query);
    if ('kind' in plan) return plan;
    return plan.old === 0 ? pageOf(plan, plan.recent, query) : undefined;
  }

  async read(query: ReadQuery): Promise<Page> {
    for (;;) {
      const plan = this.#plan(query);
      if ('kind' in plan) return plan;
      if (plan.old === 0) return pageOf(plan, plan.recent, query);
      const old = await this.#fetch(plan, query);
      if (!old) continue;
      const whole = old.length === plan.old;
      return pageOf(plan, whole ? [...old, ...plan.recent] : old, query, whole);
    }
  }

  #plan({ topics, after, until, limit }: ReadQuery): Plan | Page {
    const { index, tail, head } = this.#parts.intake;
    const end = head.position;
    const bound = Math.min(until ?? end, end);
    const earliest = this.#gap(topics, after);
    if (earliest > after) return { kind: 'gap', earliest };
    if (after >= bound) return { kind: 'page', events: [], upTo: after };
    const positions = index.search({ topics, after, until: bound, limit });
    const recent: Event[] = [];
    let old = 0;
    for (const position of positions) {
      const event = tail.get(position);
      if (event) recent.push(event);
      else old += 1;
    }
    if (recent.length + old !== positions.length || (recent[0]?.position ?? Infinity) < (positions[old - 1] ?? 0)) {
      throw new Error('the tail has a hole that the index does not know of');
    }
    return { positions, old, recent, until: bound, limit };
  }

  #gap(topics: ReadQuery['topics'], after: Position): Position {
    let earliest = 0;
    for (const { topic, since } of topics) {
      const removed = this.#parts.intake.index.lastRemoved(topic);
      if (removed > since && removed > after) earliest = Math.max(earliest, removed);
    }
    return earliest;
  }

  /** The plan's old events, fewer when they fill `maxBytes`; `undefined` when one was removed meanwhile. */
  async #fetch(plan: Plan, query: ReadQuery): Promise<readonly Event[] | undefined> {
    const { pool, intake } = this.#parts;
    this.#reading += 1;
    try {
      const positions = Float64Array.from(plan.positions.slice(0, plan.old));
      const { maxBytes = Number.POSITIVE_INFINITY } = query;
      const { rows } = await pool.query(fetchEvents, { positions, maxBytes });
      if (rows.missing !== undefined) {
        await this.#explainMissing(rows.missing, query);
        return undefined;
      }
      return unpackRows(rows.rows).map((row) => {
        const event = eventOfRow(row, (id) => intake.index.nameOf(id));
        return this.#erased.has(event.position) && !event.erased ? erasedEvent(event) : event;
      });
    } finally {
      this.#reading -= 1;
      if (this.#reading === 0) this.#erased.clear();
    }
  }

  /** A row that is gone was removed, and word of it is on its way; or it is lost. */
  async #explainMissing(position: Position, { topics }: ReadQuery): Promise<void> {
    await this.#parts.settled();
    if (this.#parts.intake.index.search({ topics, after: position - 1, until: position, limit: 1 }).length === 0)
      return;
    throw new CarillonError(
      'corrupt',
      `${this.#parts.file}: the event at position ${position} cannot be found; restore the data directory from a backup`,
      { facts: { file: this.#parts.file, position } },
    );
  }
}

/** Cuts at `maxBytes`; a page that is not cut and not full reaches the plan's end. */
function pageOf(plan: Plan, events: readonly Event[], { maxBytes }: ReadQuery, whole = true): Page {
  const kept = maxBytes === undefined ? events : cut(events, maxBytes);
  const complete = whole && kept.length === events.length && events.length < plan.limit;
  return { kind: 'page', events: kept, upTo: complete ? plan.until : (kept.at(-1)?.position ?? plan.until) };
}

function cut(events: readonly Event[], maxBytes: number): readonly Event[] {
  let bytes = 0;
  for (const [n, event] of events.entries()) {
    bytes += event.data.byteLength;
    if (bytes >= maxBytes) return events.slice(0, n + 1);
  }
  return events;
}
