import type { Position, TopicFloor } from '@carillon/core';
import type { TopicColumn } from '../storage/index.ts';
import { PostingList } from './posting-list.ts';

interface IndexedTopic {
  readonly name: string;
  readonly positions: PostingList;
  lastRemoved: Position;
}

export interface Search {
  readonly topics: readonly TopicFloor[];
  readonly after: Position;
  readonly until: Position;
  readonly limit: number;
}

/** Which positions belong to which topic, for the retained window, in memory (kernel K14). */
export class TopicIndex {
  readonly #byName = new Map<string, IndexedTopic>();
  readonly #byId: (IndexedTopic | undefined)[] = [];

  addTopic(id: number, name: string, lastRemoved: Position = 0): void {
    const topic = { name, positions: new PostingList(), lastRemoved };
    this.#byId[id] = topic;
    this.#byName.set(name, topic);
  }

  nameOf(id: number): string {
    const topic = this.#byId[id];
    if (!topic) throw new Error(`an event names the topic ${id}, which does not exist`);
    return topic.name;
  }

  hasName(name: string): boolean {
    return this.#byName.has(name);
  }

  has(id: number): boolean {
    return this.#byId[id] !== undefined;
  }

  add(position: Position, names: readonly string[]): void {
    for (const name of names) {
      const positions = this.#byName.get(name)?.positions;
      // A topic may be named twice by one event.
      if (positions && positions.last < position) positions.push(position);
    }
  }

  addById(position: Position, id: number): void {
    const positions = this.#byId[id]?.positions;
    if (positions && positions.last < position) positions.push(position);
  }

  remove({ positions, counts, topics }: TopicColumn): void {
    let at = 0;
    positions.forEach((position, n) => {
      const end = at + (counts[n] ?? 0);
      for (; at < end; at += 1) {
        const topic = this.#byId[topics[at] ?? 0];
        if (!topic) continue;
        topic.positions.remove(position);
        topic.lastRemoved = Math.max(topic.lastRemoved, position);
      }
    });
  }

  lastRemoved(topic: string): Position {
    return this.#byName.get(topic)?.lastRemoved ?? 0;
  }

  /** Ascending positions of any of these topics, each once, at most `limit`. */
  search({ topics, after, until, limit }: Search): readonly Position[] {
    const lists: { readonly positions: PostingList; readonly from: Position }[] = [];
    for (const { topic, since } of topics) {
      const positions = this.#byName.get(topic)?.positions;
      const from = Math.max(after, since);
      if (positions && positions.last > from && from < until) lists.push({ positions, from });
    }
    const [only] = lists;
    if (!only) return [];
    const found: Position[] = [];
    if (lists.length === 1) {
      only.positions.copy(only.from, until, limit, found);
      return found;
    }
    return merge(lists, until, limit);
  }
}

/** How many positions are taken from a list at a time. */
const RUN = 64;

interface Source {
  readonly positions: PostingList;
  buffer: Position[];
  at: number;
  head: Position;
}

/** Merges ascending lists by a binary heap of their heads. */
function merge(
  lists: readonly { readonly positions: PostingList; readonly from: Position }[],
  until: Position,
  limit: number,
): readonly Position[] {
  const run = Math.max(1, Math.min(RUN, Math.ceil((2 * limit) / lists.length)));
  const heap: Source[] = [];
  for (const { positions, from } of lists) {
    const source: Source = { positions, buffer: [], at: 0, head: 0 };
    if (refill(source, from, until, run)) heap.push(source);
  }
  for (let n = (heap.length >>> 1) - 1; n >= 0; n -= 1) sink(heap, n);
  const found: Position[] = [];
  for (let top = heap[0]; top && found.length < limit; top = heap[0]) {
    if (found.at(-1) !== top.head) found.push(top.head);
    if (!advance(top, until, run)) {
      const last = heap.pop();
      if (last && last !== top) heap[0] = last;
    }
    sink(heap, 0);
  }
  return found;
}

function advance(source: Source, until: Position, run: number): boolean {
  source.at += 1;
  const next = source.buffer[source.at];
  if (next === undefined) return refill(source, source.head, until, run);
  source.head = next;
  return true;
}

function refill(source: Source, after: Position, until: Position, run: number): boolean {
  source.buffer = [];
  source.at = 0;
  source.positions.copy(after, until, run, source.buffer);
  const [head] = source.buffer;
  source.head = head ?? 0;
  return head !== undefined;
}

function sink(heap: Source[], from: number): void {
  const moving = heap[from];
  if (!moving) return;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    const left = heap[child];
    if (!left) break;
    const right = heap[child + 1];
    if (right && right.head < left.head) child += 1;
    const smaller = heap[child];
    if (!smaller || smaller.head >= moving.head) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = moving;
}
