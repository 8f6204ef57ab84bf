export interface PresenceMember {
  readonly id: string;
  /** Whatever the member wants others to know, JSON by convention. */
  readonly info: string;
}

export type Members = ReadonlyMap<string, PresenceMember>;

type Listener = (action: 'entered' | 'left', member: PresenceMember) => void;

/** The members of one topic as its listeners know them; tells them what is different after each look. */
export class TopicView {
  readonly #load: () => Promise<Members>;
  readonly #listeners = new Set<Listener>();
  #known: Members | undefined;
  #isStale = false;
  #looking: Promise<void> | undefined;
  #stop: () => void = () => {};

  constructor(load: () => Promise<Members>) {
    this.#load = load;
  }

  /** Begins to look whenever `subscribe` calls back; what it finds first is told to nobody. */
  start(subscribe: (refresh: () => void) => () => void): void {
    this.#stop = subscribe(() => this.refresh());
    this.refresh();
  }

  stop(): void {
    this.#stop();
    this.#listeners.clear();
  }

  /** Resolves once nothing that was asked for before is still being looked at. */
  async ready(): Promise<void> {
    await this.#looking;
  }

  add(listener: Listener): () => number {
    const own: Listener = (action, member) => listener(action, member);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      return this.#listeners.size;
    };
  }

  refresh(): void {
    this.#isStale = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
  }

  async #look(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      // Leases that cannot be read now are read at the next hint or renewal.
      const found = await this.#load().catch(() => undefined);
      if (found) this.#compare(found);
    }
  }

  #compare(found: Members): void {
    const known = this.#known;
    this.#known = found;
    if (!known) return;
    for (const member of known.values()) if (!found.has(member.id)) this.#tell('left', member);
    for (const member of found.values()) {
      if (known.get(member.id)?.info !== member.info) this.#tell('entered', member);
    }
  }

  #tell(action: 'entered' | 'left', member: PresenceMember): void {
    for (const listener of this.#listeners) listener(action, member);
  }
}
