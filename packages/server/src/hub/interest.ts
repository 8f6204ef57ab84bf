import type { Event } from '@carillon/core';
import type { Group } from './group.ts';
import type { ParkedWait } from './parked-wait.ts';
import type { Topic, TopicTable } from './topic-table.ts';

/** One set of topics that somebody reads: readers of equal sets, whatever their encoding, share it. */
export class Interest {
  readonly number: number;
  readonly size: number;
  readonly hash: number;
  /** Groups of its readers, one per encoding. */
  groups: Group[] = [];
  readonly waits: ParkedWait[] = [];
  /** Readers and waits that hold it. */
  references = 0;
  /** Those among them that new events must find. */
  active = 0;
  /** Topic numbers, ascending, then this interest's slot in each of those topics' arrays. */
  readonly #cells: Int32Array;

  constructor(number: number, topics: Int32Array, hash: number) {
    this.number = number;
    this.size = topics.length;
    this.hash = hash;
    this.#cells = new Int32Array(2 * topics.length);
    this.#cells.set(topics);
  }

  topicAt(index: number): number {
    return this.#cells[index] ?? -1;
  }

  slotAt(index: number): number {
    return this.#cells[this.size + index] ?? -1;
  }

  setSlot(index: number, slot: number): void {
    this.#cells[this.size + index] = slot;
  }

  hasTopics(topics: Int32Array): boolean {
    return this.size === topics.length && topics.every((topic, index) => topic === this.#cells[index]);
  }

  /** Index of a topic, -1 when it is not one of them. */
  indexOf(topic: number): number {
    let low = 0;
    let high = this.size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = this.topicAt(middle);
      if (at === topic) return middle;
      if (at < topic) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

/** All interests, found by their topics when a reader comes and by an event's topics when one happens. */
export class InterestTable {
  readonly #topics: TopicTable;
  readonly #byNumber: (Interest | undefined)[] = [];
  readonly #byHash = new Map<number, Interest[]>();
  readonly #free: number[] = [];

  constructor(topics: TopicTable) {
    this.#topics = topics;
  }

  get(number: number): Interest {
    const interest = this.#byNumber[number];
    if (!interest) throw new Error(`interest number ${number} is not in use`);
    return interest;
  }

  /** The interest in exactly these different topics, shared with all who have the same; `release` gives it back. */
  acquire(names: Iterable<string>): Interest {
    const held: Topic[] = [];
    const numbers: number[] = [];
    for (const name of names) {
      const topic = this.#topics.acquire(name);
      held.push(topic);
      numbers.push(topic.id);
    }
    const ids = new Int32Array(numbers).sort();
    const hash = hashOf(ids);
    const known = this.#byHash.get(hash)?.find((interest) => interest.hasTopics(ids));
    if (known) {
      for (const topic of held) this.#topics.release(topic);
      known.references++;
      return known;
    }
    const interest = new Interest(this.#free.pop() ?? this.#byNumber.length, ids, hash);
    interest.references = 1;
    this.#byNumber[interest.number] = interest;
    const alike = this.#byHash.get(hash);
    if (alike) alike.push(interest);
    else this.#byHash.set(hash, [interest]);
    return interest;
  }

  release(interest: Interest): void {
    if (--interest.references > 0) return;
    for (let index = 0; index < interest.size; index++) this.#topics.release(this.#topicOf(interest, index));
    const alike = this.#byHash.get(interest.hash) ?? [];
    if (alike.length > 1) alike.splice(alike.indexOf(interest), 1);
    else this.#byHash.delete(interest.hash);
    this.#byNumber[interest.number] = undefined;
    this.#free.push(interest.number);
  }

  /** From now on new events find this interest. */
  activate(interest: Interest): void {
    if (interest.active++ > 0) return;
    for (let index = 0; index < interest.size; index++) {
      interest.setSlot(index, this.#topicOf(interest, index).push(interest.number));
    }
  }

  deactivate(interest: Interest): void {
    if (--interest.active > 0) return;
    for (let index = 0; index < interest.size; index++) {
      const topic = this.#topicOf(interest, index);
      const slot = interest.slotAt(index);
      const moved = topic.remove(slot);
      if (moved < 0) continue;
      const other = this.get(moved);
      other.setSlot(other.indexOf(topic.id), slot);
    }
  }

  namesOf(interest: Interest): string[] {
    const names: string[] = [];
    for (let index = 0; index < interest.size; index++) names.push(this.#topicOf(interest, index).name);
    return names;
  }

  /**
   * Which of an event's topics are among the interest's with a floor below the event, as bits of two 32-bit halves
   * (an event has at most 64 topics).
   */
  shownOf(interest: Interest, event: Event, floorAt: (index: number, name: string) => number): Shown {
    let low = 0;
    let high = 0;
    for (const [index, name] of event.topics.entries()) {
      const topic = this.#topics.find(name);
      const at = topic ? interest.indexOf(topic.id) : -1;
      if (at < 0 || event.position <= floorAt(at, name)) continue;
      if (index < 32) low |= 1 << index;
      else high |= 1 << (index - 32);
    }
    return { low, high };
  }

  #topicOf(interest: Interest, index: number): Topic {
    return this.#topics.get(interest.topicAt(index));
  }
}

export interface Shown {
  readonly low: number;
  readonly high: number;
}

/** FNV-1a over the numbers (draft-eastlake-fnv). */
function hashOf(ids: Int32Array): number {
  let hash = 0x811c9dc5;
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193);
  return hash;
}
