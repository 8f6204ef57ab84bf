import type { Member, Presence } from '../../src/protocols/streams/events/index.ts';

type Listener = (action: 'entered' | 'left', member: Member) => void;

/** Presence lists of one process, for tests of the wire: the contract said as plainly as possible. */
export class TestPresence implements Presence {
  readonly #lists = new Map<string, Map<string, Member>>();
  readonly #listeners = new Map<string, Set<Listener>>();

  async enter(topic: string, connection: string, member: Member): Promise<void> {
    const list = this.#lists.get(topic) ?? new Map<string, Member>();
    this.#lists.set(topic, list);
    const isFirst = !this.#has(topic, member.id);
    list.set(connection, member);
    if (isFirst) this.#tell(topic, 'entered', member);
  }

  async leave(topic: string, connection: string): Promise<void> {
    const member = this.#lists.get(topic)?.get(connection);
    if (!member) return;
    this.#lists.get(topic)?.delete(connection);
    if (!this.#has(topic, member.id)) this.#tell(topic, 'left', member);
  }

  async leaveAll(connection: string): Promise<void> {
    for (const topic of this.#lists.keys()) await this.leave(topic, connection);
  }

  async members(topic: string): Promise<readonly Member[]> {
    const byId = new Map([...(this.#lists.get(topic)?.values() ?? [])].map((member) => [member.id, member]));
    return [...byId.values()];
  }

  watch(topic: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #has(topic: string, id: string): boolean {
    return [...(this.#lists.get(topic)?.values() ?? [])].some((member) => member.id === id);
  }

  #tell(topic: string, action: 'entered' | 'left', member: Member): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(action, member);
  }
}
