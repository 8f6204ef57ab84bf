import { type Bus, CarillonError, type Lease, type Leases } from '@carillon/core';
import { type Members, type PresenceMember, TopicView } from './topic-view.ts';

export interface PresenceChange {
  readonly topic: string;
  readonly action: 'entered' | 'left';
  readonly member: PresenceMember;
}

/** Who is here, by topic. A member that entered over several connections is there until the last one leaves. */
export interface Presence {
  /** Enters, or changes the member's info; `connection` must be unique among all nodes. */
  enter(topic: string, connection: string, member: PresenceMember): Promise<void>;
  leave(topic: string, connection: string): Promise<void>;
  /** The connection is gone: leaves every topic that it entered. */
  leaveAll(connection: string): Promise<void>;
  /** Members now, sorted by id. */
  list(topic: string): Promise<readonly PresenceMember[]>;
  /** Hears of every member that comes or goes from now on; returns how to stop. */
  listen(topic: string, listener: (change: PresenceChange) => void): () => void;
  close(): void;
}

export interface PresenceDeps {
  readonly bus: Bus;
  readonly leases: Leases;
  /** A connection whose node is gone counts as here for at most this long. */
  readonly ttlMs?: number;
  readonly maxInfoBytes?: number;
  readonly maxTopicsPerConnection?: number;
}

export function createPresence(deps: PresenceDeps): Presence {
  return new LeasedPresence(deps);
}

interface Held {
  readonly name: string;
  readonly info: string;
}

/**
 * Each connection holds a lease for each topic it entered. The Bus says only that a topic's leases changed; whoever
 * listens compares them with what it told before, so a lost or doubled message never makes a wrong member.
 */
class LeasedPresence implements Presence {
  readonly #bus: Bus;
  readonly #leases: Leases;
  readonly #ttlMs: number;
  readonly #maxInfoBytes: number;
  readonly #maxTopics: number;
  /** This node's connections and what they hold, by topic. */
  readonly #held = new Map<string, Map<string, Held>>();
  readonly #views = new Map<string, TopicView>();
  readonly #renewal: NodeJS.Timeout;

  constructor({ bus, leases, ttlMs = 30_000, maxInfoBytes = 2_048, maxTopicsPerConnection = 100 }: PresenceDeps) {
    this.#bus = bus;
    this.#leases = leases;
    this.#ttlMs = ttlMs;
    this.#maxInfoBytes = maxInfoBytes;
    this.#maxTopics = maxTopicsPerConnection;
    this.#renewal = setInterval(() => this.#renew(), ttlMs / 3);
    this.#renewal.unref();
  }

  async enter(topic: string, connection: string, member: PresenceMember): Promise<void> {
    const held = this.#held.get(connection) ?? new Map<string, Held>();
    this.#check(held, topic, member);
    const name = leaseName(topic, member.id, connection);
    const former = held.get(topic);
    held.set(topic, { name, info: member.info });
    this.#held.set(connection, held);
    if (former && former.name !== name) await this.#leases.release(former.name, connection);
    await this.#leases.claim(name, connection, this.#ttlMs, member.info);
    // The connection may have gone while the lease was on its way.
    if (this.#held.get(connection)?.get(topic)?.name !== name) await this.#leases.release(name, connection);
    this.#tell(topic);
  }

  async leave(topic: string, connection: string): Promise<void> {
    const held = this.#held.get(connection);
    const lease = held?.get(topic);
    if (!held || !lease) return;
    held.delete(topic);
    if (held.size === 0) this.#held.delete(connection);
    await this.#leases.release(lease.name, connection);
    this.#tell(topic);
  }

  async leaveAll(connection: string): Promise<void> {
    const held = this.#held.get(connection);
    if (!held) return;
    this.#held.delete(connection);
    await this.#leases.releaseAll(connection);
    for (const topic of held.keys()) this.#tell(topic);
  }

  async list(topic: string): Promise<readonly PresenceMember[]> {
    // Whoever listens and then asks must not miss what happened between the two.
    await this.#views.get(topic)?.ready();
    return [...(await this.#members(topic)).values()];
  }

  listen(topic: string, listener: (change: PresenceChange) => void): () => void {
    const view = this.#views.get(topic) ?? this.#open(topic);
    const remove = view.add((action, member) => listener({ topic, action, member }));
    return () => {
      if (remove() > 0 || this.#views.get(topic) !== view) return;
      view.stop();
      this.#views.delete(topic);
    };
  }

  close(): void {
    clearInterval(this.#renewal);
    for (const view of this.#views.values()) view.stop();
    this.#views.clear();
  }

  #check(held: ReadonlyMap<string, Held>, topic: string, { id, info }: PresenceMember): void {
    if (id === '') throw new CarillonError('bad-request', 'a member needs an id');
    const size = Buffer.byteLength(id) + Buffer.byteLength(info);
    if (size > this.#maxInfoBytes) {
      const facts = { limit: this.#maxInfoBytes };
      throw new CarillonError('too-large', `id and info of a member have at most ${facts.limit} bytes`, { facts });
    }
    if (held.size < this.#maxTopics || held.has(topic)) return;
    const facts = { limit: this.#maxTopics };
    throw new CarillonError('too-large', `a connection may be present in at most ${facts.limit} topics`, { facts });
  }

  #tell(topic: string): void {
    this.#bus.publish(subjectOf(topic), new Uint8Array());
  }

  #open(topic: string): TopicView {
    const view = new TopicView(() => this.#members(topic));
    this.#views.set(topic, view);
    view.start((refresh) => this.#bus.subscribe(subjectOf(topic), refresh));
    return view;
  }

  /** By id, in its order; a member with several connections shows the info of the first by name. */
  async #members(topic: string): Promise<Members> {
    const leases = await this.#leases.list(`presence/${encodeURIComponent(topic)}/`);
    const members = new Map<string, PresenceMember>();
    for (const member of leases.map(memberOf)) if (!members.has(member.id)) members.set(member.id, member);
    return new Map([...members].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** Renews what this node holds, and looks at every listened topic for leases that ended unheard. */
  #renew(): void {
    for (const [connection, held] of this.#held) {
      for (const { name, info } of held.values()) {
        // A lease that cannot be renewed now is tried again at the next round, well before it ends.
        this.#leases.claim(name, connection, this.#ttlMs, info).catch(() => undefined);
      }
    }
    for (const view of this.#views.values()) view.refresh();
  }
}

/** One folder of leases for a topic; `:` is never left by `encodeURIComponent`, so it parts member and connection. */
function leaseName(topic: string, member: string, connection: string): string {
  return `presence/${encodeURIComponent(topic)}/${encodeURIComponent(member)}:${encodeURIComponent(connection)}`;
}

function memberOf({ name, info }: Lease): PresenceMember {
  const id = name.slice(name.lastIndexOf('/') + 1, name.lastIndexOf(':'));
  return { id: decodeURIComponent(id), info };
}

function subjectOf(topic: string): string {
  return `presence/${topic}`;
}
