import { CarillonError, type Principal } from '@carillon/core';
import { countedAddress } from './address.ts';
import type { Goodbye } from './contract.ts';
import { Counter } from './counter.ts';
import type { ConnectionKind, TransportEvents } from './events.ts';
import type { IsValid, ListenerSettings } from './settings.ts';

/** What the wheel visits about once a second. */
export interface Visited {
  /** `nowMs` is monotonic, `timeMs` milliseconds since 1970. */
  visit(nowMs: number, timeMs: number): void;
  /** Drops the connection without a word. */
  destroy(): void;
}

/** Something open that can be told to end. */
export interface Held extends Visited {
  readonly kind: ConnectionKind;
  readonly principal: Principal;
  /** Its place in the registry; the registry's own. */
  slot: number;
  goodbye(reason: Goodbye): void;
}

/** Counts and ends open connections. */
export interface Connections {
  readonly counts: Readonly<Record<ConnectionKind, number>>;
  /** Says goodbye to every connection whose principal matches; returns how many. */
  closeWhere(matches: (principal: Principal) => boolean, reason: Goodbye): number;
}

const SLICES = 10;
const MAX_ROUND_MS = 1_000;
const DRAIN_STEP_MS = 20;
const RETRY_AFTER_SECONDS = 5;

export interface RegistryDependencies {
  readonly settings: ListenerSettings;
  readonly events: TransportEvents;
  readonly isValid: IsValid;
  /** Between 0 and 1, for spreading; `Math.random` when absent. */
  readonly random?: (() => number) | undefined;
}

/**
 * All open streams, parked polls and WebSockets of a listener: admission, counts, and the one timer that serves
 * heartbeats, expiry, stalls and drain. A tenth of the connections is visited at each tick.
 */
export class Registry implements Connections {
  readonly counts: Record<ConnectionKind, number> = { sse: 0, websocket: 0, poll: 0 };
  readonly random: () => number;
  /** Monotonic milliseconds as of the last tick: cheap enough to read at every write, and whole to be kept cheaply. */
  nowMs = wholeNow();
  draining = false;
  private readonly deps: RegistryDependencies;
  private readonly held: Held[] = [];
  /** Taken-over requests that nobody has answered or parked yet. */
  private readonly waiting = new Set<Visited>();
  private readonly addresses = new Counter();
  private readonly principals = new Counter();
  private readonly tickMs: number;
  private timer: NodeJS.Timeout | undefined;
  private slice = 0;
  private open = 0;

  constructor(deps: RegistryDependencies) {
    this.deps = deps;
    this.random = deps.random ?? Math.random;
    this.tickMs = Math.max(5, Math.min(MAX_ROUND_MS, deps.settings.heartbeatMs / 4) / SLICES);
  }

  get size(): number {
    return this.held.length;
  }

  /** Counts a taken-over request against its address until `leave`; throws `rate-limited`. */
  enter(request: Visited, address: string): void {
    const { connections, connectionsPerAddress } = this.deps.settings.limits;
    if (this.open >= connections) throw limited('this server', connections);
    if (!this.addresses.add(countedAddress(address), connectionsPerAddress))
      throw limited('this address', connectionsPerAddress);
    this.open += 1;
    this.waiting.add(request);
    if (this.timer) return;
    this.nowMs = wholeNow();
    this.timer = setInterval(() => this.tick(), this.tickMs);
  }

  /** The request is answered, parked or gone: it is waited for no more. */
  settle(request: Visited): void {
    this.waiting.delete(request);
  }

  leave(address: string): void {
    this.open -= 1;
    this.addresses.remove(countedAddress(address));
  }

  /** Takes a connection into the wheel. Throws `rate-limited`, or `unauthorized` if the credential no longer stands. */
  admit(held: Held): void {
    const { principal, kind } = held;
    if (this.draining && kind !== 'poll') {
      throw new CarillonError('draining', 'the server is shutting down; connect again', {
        facts: { retryAfter: RETRY_AFTER_SECONDS },
      });
    }
    const limit = this.deps.settings.limits.connectionsPerPrincipal;
    if ((principal.expiresAtMs ?? Number.POSITIVE_INFINITY) <= Date.now() || !this.deps.isValid(principal)) {
      throw new CarillonError('unauthorized', 'a valid credential is required');
    }
    if (!this.principals.add(principal.id, limit)) throw limited('this credential', limit);
    held.slot = this.held.push(held) - 1;
    this.counts[kind] += 1;
    this.deps.events.opened?.(kind);
  }

  release(held: Held, why: Goodbye | 'client'): void {
    const last = this.held.pop();
    if (last && last !== held) {
      this.held[held.slot] = last;
      last.slot = held.slot;
    }
    held.slot = -1;
    this.counts[held.kind] -= 1;
    this.principals.remove(held.principal.id);
    this.deps.events.closed?.(held.kind, why);
  }

  closeWhere(matches: (principal: Principal) => boolean, reason: Goodbye): number {
    const ending = this.held.filter((held) => matches(held.principal));
    for (const held of ending) held.goodbye(reason);
    return ending.length;
  }

  /**
   * Says goodbye to everything, spread evenly over `spreadMs` in an order of chance, and resolves when nothing is
   * left. What still lingers `lingerMs` after its turn is destroyed, so this ends at most that much later.
   */
  async drain(spreadMs: number): Promise<void> {
    this.draining = true;
    const order = this.held.map((held) => ({ held, at: this.random() })).sort((a, b) => a.at - b.at);
    const startMs = performance.now();
    const endMs = startMs + spreadMs + this.deps.settings.timeouts.lingerMs;
    let next = 0;
    while (this.open > 0 && performance.now() < endMs) {
      const dueTo = spreadMs <= 0 ? order.length : Math.ceil(((performance.now() - startMs) / spreadMs) * order.length);
      for (; next < order.length && next < dueTo; next += 1) {
        const held = order[next]?.held;
        if (held && held.slot >= 0) held.goodbye('drain');
      }
      await new Promise((resolve) => setTimeout(resolve, DRAIN_STEP_MS));
    }
    this.destroyAll();
  }

  destroyAll(): void {
    for (const visited of [...this.held, ...this.waiting]) visited.destroy();
  }

  private tick(): void {
    if (this.open === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    this.nowMs = wholeNow();
    const timeMs = Date.now();
    const { length } = this.held;
    const from = Math.floor((length * this.slice) / SLICES);
    this.slice = (this.slice + 1) % SLICES;
    const to = this.slice === 0 ? length : Math.floor((length * this.slice) / SLICES);
    // From the end: a visit may release connections, which moves the last one into the freed slot.
    for (let index = to - 1; index >= from; index -= 1) this.held[index]?.visit(this.nowMs, timeMs);
    if (this.slice === 0) for (const request of this.waiting) request.visit(this.nowMs, timeMs);
  }
}

function limited(whose: string, limit: number): CarillonError {
  const facts = { limit, retryAfter: RETRY_AFTER_SECONDS };
  return new CarillonError('rate-limited', `${whose} has its ${limit} connections open`, { facts });
}

function wholeNow(): number {
  return Math.floor(performance.now());
}
