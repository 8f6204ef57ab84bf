import { CarillonError, type Event, type LogStore, type Position } from '@carillon/core';
import type { Commands } from '../state/index.ts';
import { AccountView, type ViewIndexes } from './account-view.ts';
import { AlertIndex } from './alert-index.ts';
import type { FilterMatch, OpenView, View, ViewChange, Views } from './contract.ts';
import { Entry } from './entry.ts';
import { ExclusionIndex } from './exclusion-index.ts';
import { FilterIndex } from './filter-index.ts';
import { fold, isFolded } from './fold.ts';
import { changesBetween, membershipsOf } from './memberships.ts';
import { loadFilters, loadView, type ViewRows } from './messages.ts';

export interface ViewsDeps {
  readonly log: Pick<LogStore, 'head' | 'onAdvance'>;
  readonly commands: Pick<Commands, 'query'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A view could not be loaded anew, or a listener threw: for the operator's log. */
  readonly failed: (error: unknown) => void;
  /** How long a view that nobody has open is kept for those who come back. */
  readonly keepMs?: number;
  /** An account's first connection opened its view, or the last one closed it. */
  readonly connected?: (account: number, isConnected: boolean) => void;
}

const KEEP_MS = 30_000;

/**
 * Follows the log for the views of connected accounts. Made before the hub, so that views know each event, and their
 * readers have their topics, before the hub delivers it.
 */
export function createViews(deps: ViewsDeps): Views {
  return new FoldedViews(deps);
}

class FoldedViews implements Views {
  readonly #deps: ViewsDeps;
  readonly #entries = new Map<number, Entry>();
  readonly #indexes: ViewIndexes = {
    exclusions: new ExclusionIndex(),
    filters: new FilterIndex(),
    alerts: new AlertIndex(),
  };
  readonly #stopListening: () => void;
  /** Every event up to here was told of, or is in all views by another way. */
  #end: Position;
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: ViewsDeps) {
    this.#deps = deps;
    this.#end = deps.log.head.position;
    this.#stopListening = deps.log.onAdvance((events) => this.#advance(events));
  }

  get counts(): Views['counts'] {
    return { views: this.#entries.size };
  }

  find(account: number): View | undefined {
    const entry = this.#entries.get(account);
    return entry?.loaded ? entry.view : undefined;
  }

  async open(account: number): Promise<OpenView> {
    if (this.#closed) throw new CarillonError('unavailable', 'the server is closing');
    const entry = this.#entries.get(account) ?? this.#admit(account);
    entry.handles++;
    try {
      if (!entry.loaded || entry.view.stale) await this.#load(entry);
      if (entry.view.ended) throw refusal();
    } catch (error) {
      this.#leave(entry);
      throw error;
    }
    return this.#handle(entry);
  }

  excluding(event: Event): ReadonlySet<View> {
    return this.#indexes.exclusions.excluding(event);
  }

  matching(event: Event): ReadonlyMap<View, readonly FilterMatch[]> {
    return this.#indexes.filters.matching(event);
  }

  alerting(event: Event): ReadonlyMap<View, readonly string[]> {
    return this.#indexes.alerts.alerting(event);
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#sweep);
    for (const entry of this.#entries.values()) this.#drop(entry);
  }

  #admit(account: number): Entry {
    const entry = new Entry(new AccountView(account, this.#indexes, this.#deps.now));
    this.#entries.set(account, entry);
    return entry;
  }

  #handle(entry: Entry): OpenView {
    const own = new Set<(change: ViewChange) => void>();
    let isOpen = true;
    if (entry.opened++ === 0) this.#deps.connected?.(entry.view.account, true);
    return {
      view: entry.view,
      onChange: (listener) => {
        if (!isOpen) return;
        own.add(listener);
        entry.listeners.add(listener);
      },
      [Symbol.dispose]: () => {
        if (!isOpen) return;
        isOpen = false;
        for (const listener of own) entry.listeners.delete(listener);
        if (--entry.opened === 0) this.#deps.connected?.(entry.view.account, false);
        this.#leave(entry);
      },
    };
  }

  #leave(entry: Entry): void {
    if (--entry.handles > 0 || entry.dropped) return;
    if (!entry.loaded || entry.view.ended) {
      this.#drop(entry);
      return;
    }
    entry.idleSince = this.#deps.now();
    this.#scheduleSweep();
  }

  #scheduleSweep(): void {
    if (this.#closed) return;
    const keepMs = this.#deps.keepMs ?? KEEP_MS;
    this.#sweep ??= setTimeout(() => {
      this.#sweep = undefined;
      const before = this.#deps.now() - keepMs;
      const idle = [...this.#entries.values()].filter(({ handles }) => handles === 0);
      for (const entry of idle) if (entry.idleSince <= before) this.#drop(entry);
      if (idle.some(({ dropped }) => !dropped)) this.#scheduleSweep();
    }, keepMs).unref();
  }

  #drop(entry: Entry): void {
    entry.dropped = true;
    entry.listeners.clear();
    entry.view.leaveIndexes();
    if (this.#entries.get(entry.view.account) === entry) this.#entries.delete(entry.view.account);
  }

  #advance(events: readonly Event[]): void {
    for (const event of events) {
      if (event.position > this.#end + 1) this.#missed(event.position);
      this.#end = Math.max(this.#end, event.position);
      if (!isFolded(event.type)) continue;
      for (const entry of this.#concerned(event)) this.#take(entry, event);
    }
  }

  /** Views that an event may change, by its routing header and topics alone. */
  #concerned({ routing, topics }: Event): ReadonlySet<Entry> {
    const found = new Set<Entry>();
    const look = (account: number | undefined) => {
      const entry = account === undefined ? undefined : this.#entries.get(account);
      if (entry) found.add(entry);
    };
    if (this.#entries.size === 0) return found;
    look(routing?.author);
    look(routing?.object);
    routing?.mentions?.forEach(look);
    for (const topic of topics) if (topic.startsWith('account:')) look(Number(topic.slice('account:'.length)));
    return found;
  }

  #take(entry: Entry, event: Event): void {
    if (event.position <= entry.seen) return;
    entry.buffer?.push(event);
    if (!entry.loaded) return;
    entry.seen = event.position;
    if (event.erased) this.#reload(entry, event.position);
    else if (event.type === 'filters.changed') this.#refreshFilters(entry, event.position);
    else this.#tell(entry, fold(entry.view, event));
  }

  /** Events before this one were never told: what they changed is in the state. */
  #missed(position: Position): void {
    for (const entry of this.#entries.values()) {
      entry.view.stale = true;
      this.#reload(entry, position);
    }
  }

  #reload(entry: Entry, atLeast: Position): void {
    entry.atLeast = Math.max(entry.atLeast, atLeast);
    this.#load(entry).catch((error: unknown) => this.#distrust(entry, error));
  }

  /** Loads, or joins the load under way. */
  #load(entry: Entry): Promise<void> {
    entry.loading ??= this.#read(entry).finally(() => {
      entry.loading = undefined;
      entry.buffer = undefined;
    });
    return entry.loading;
  }

  async #read(entry: Entry): Promise<void> {
    const { account } = entry.view;
    for (;;) {
      // What commits after the snapshot is told of after this.
      const later: Event[] = [];
      entry.buffer = later;
      const { rows, position } = await this.#deps.commands.query(loadView, { account });
      if (entry.dropped) throw new CarillonError('unavailable', 'the view was closed while it was loaded');
      if (!rows) throw refusal();
      const missed = later.filter((event) => event.position > position);
      // What a hole or a tombstone hides only a newer snapshot tells.
      if (position < entry.atLeast || missed.some(({ erased }) => erased)) continue;
      this.#begin(entry, rows, position, missed);
      return;
    }
  }

  #begin(entry: Entry, rows: ViewRows, position: Position, missed: readonly Event[]): void {
    const before = membershipsOf(entry.view);
    entry.view.reset(rows);
    entry.filtersSeen = position;
    entry.seen = missed.at(-1)?.position ?? position;
    for (const event of missed) {
      if (event.type === 'filters.changed') this.#refreshFilters(entry, event.position);
      else fold(entry.view, event);
    }
    entry.view.stale = false;
    const isNew = !entry.loaded;
    entry.loaded = true;
    if (!isNew) for (const change of changesBetween(before, membershipsOf(entry.view))) this.#tell(entry, change);
  }

  /** The filters that stand go on until the new ones are there. */
  #refreshFilters(entry: Entry, position: Position): void {
    entry.filtersWanted = position;
    entry.refreshing ??= this.#readFilters(entry).finally(() => {
      entry.refreshing = undefined;
      const isBehind = entry.filtersSeen < entry.filtersWanted && !entry.view.stale && !entry.dropped;
      if (isBehind) this.#refreshFilters(entry, entry.filtersWanted);
    });
  }

  async #readFilters(entry: Entry): Promise<void> {
    const { account } = entry.view;
    try {
      while (entry.filtersSeen < entry.filtersWanted && !entry.dropped) {
        const { rows, position } = await this.#deps.commands.query(loadFilters, { account });
        if (entry.dropped || position <= entry.filtersSeen) continue;
        entry.filtersSeen = position;
        entry.view.useFilters(rows);
      }
    } catch (error) {
      this.#distrust(entry, error);
    }
  }

  /** Allows nothing by this view any more; whoever opens it next tries again. */
  #distrust(entry: Entry, error: unknown): void {
    if (entry.dropped) return;
    entry.view.stale = true;
    this.#deps.failed(error);
  }

  #tell(entry: Entry, change: ViewChange | undefined): void {
    if (!change) return;
    for (const listener of entry.listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#deps.failed(error);
      }
    }
  }
}

function refusal(): CarillonError {
  return new CarillonError('unauthorized', 'the account is gone, suspended or deactivated');
}
