/** A topic that somebody reads, with the numbers of the interests that contain it in a dense array. */
export class Topic {
  readonly id: number;
  readonly name: string;
  references = 0;
  interests = new Int32Array(2);
  count = 0;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  /** Adds an interest and tells the slot it got. */
  push(interest: number): number {
    if (this.count === this.interests.length) {
      const grown = new Int32Array(Math.ceil(this.count * 1.5) + 1);
      grown.set(this.interests);
      this.interests = grown;
    }
    this.interests[this.count] = interest;
    return this.count++;
  }

  /** Empties a slot and moves the last interest into it; tells which one moved, -1 for none. */
  remove(slot: number): number {
    const last = this.interests[--this.count] ?? -1;
    if (slot === this.count) return -1;
    this.interests[slot] = last;
    return last;
  }
}

/** Names of topics as small integers, as long as somebody reads them; a number may be given again afterwards. */
export class TopicTable {
  readonly #byName = new Map<string, Topic>();
  readonly #byId: (Topic | undefined)[] = [];
  readonly #free: number[] = [];

  find(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  get(id: number): Topic {
    const topic = this.#byId[id];
    if (!topic) throw new Error(`topic number ${id} is not in use`);
    return topic;
  }

  acquire(name: string): Topic {
    let topic = this.#byName.get(name);
    if (!topic) {
      topic = new Topic(this.#free.pop() ?? this.#byId.length, name);
      this.#byName.set(name, topic);
      this.#byId[topic.id] = topic;
    }
    topic.references++;
    return topic;
  }

  release(topic: Topic): void {
    if (--topic.references > 0) return;
    this.#byName.delete(topic.name);
    this.#byId[topic.id] = undefined;
    this.#free.push(topic.id);
  }
}
