import { CarillonError, type Event, type LogStore, type Position } from '@carillon/core';
import type { Commands } from '../state/index.ts';
import { isJudged, isPersonal } from './judged.ts';
import { loadSuspended } from './messages.ts';

export interface SuspensionsDeps {
  readonly log: Pick<LogStore, 'head' | 'onAdvance'>;
  readonly commands: Pick<Commands, 'query'>;
  /** Who is suspended could not be read again after events were missed. */
  readonly failed: (error: unknown) => void;
}

/** Which accounts are suspended or gone, as of the durable end. */
export interface Suspensions {
  /**
   * Whether an event shows what such an account says: nobody is told of it, live or on replay, unless the account
   * comes back. Throws `unavailable` while that is read again because events were missed.
   */
  hides(event: Event): boolean;
  close(): void;
}

/** Follows the log from here on; made before the hub, so that it knows each event first. */
export async function openSuspensions(deps: SuspensionsDeps): Promise<Suspensions> {
  const suspensions = new FoldedSuspensions(deps);
  try {
    await suspensions.load();
  } catch (error) {
    suspensions.close();
    throw error;
  }
  return suspensions;
}

const ENDS: ReadonlySet<string> = new Set(['account.suspended', 'account.deactivated']);

class FoldedSuspensions implements Suspensions {
  readonly #deps: SuspensionsDeps;
  readonly #stopListening: () => void;
  readonly #accounts = new Set<number>();
  #end: Position;
  /** What is read must be as new as this: events up to here may not have been told of. */
  #needed: Position;
  /** What is known holds up to the end. */
  #isCurrent = false;
  /** What came while it is read. */
  #later: Event[] = [];
  #loading: Promise<void> | undefined;

  constructor(deps: SuspensionsDeps) {
    this.#deps = deps;
    this.#end = deps.log.head.position;
    this.#needed = this.#end;
    this.#stopListening = deps.log.onAdvance((events) => this.#advance(events));
  }

  hides(event: Event): boolean {
    if (!isJudged(event) && !isPersonal(event)) return false;
    if (!this.#isCurrent) throw new CarillonError('unavailable', 'who is suspended is being read');
    const { author, sharedAuthor } = event.routing ?? {};
    return this.#has(author) || this.#has(sharedAuthor);
  }

  load(): Promise<void> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  close(): void {
    this.#stopListening();
  }

  #has(account: number | undefined): boolean {
    return account !== undefined && this.#accounts.has(account);
  }

  async #read(): Promise<void> {
    for (;;) {
      this.#later = [];
      const { rows, position } = await this.#deps.commands.query(loadSuspended, {});
      if (position < this.#needed) continue;
      this.#accounts.clear();
      for (const account of rows) this.#accounts.add(account);
      for (const event of this.#later) if (event.position > position) this.#apply(event);
      this.#later = [];
      this.#isCurrent = true;
      return;
    }
  }

  #advance(events: readonly Event[]): void {
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) return;
    if (first.position > this.#end + 1) {
      this.#isCurrent = false;
      this.#needed = first.position - 1;
    }
    this.#end = Math.max(this.#end, last.position);
    if (this.#isCurrent) {
      for (const event of events) this.#apply(event);
      return;
    }
    this.#later.push(...events);
    this.load().catch((error: unknown) => this.#deps.failed(error));
  }

  #apply({ type, routing }: Event): void {
    const account = routing?.object;
    if (account === undefined) return;
    if (ENDS.has(type)) this.#accounts.add(account);
    else if (type === 'account.restored') this.#accounts.delete(account);
  }
}
