import type { Position, TopicFloor } from '@carillon/core';
import type { AccountView } from './account-view.ts';
import type { ViewChange } from './contract.ts';

/** Topics with the positions where they began: of the home under `undefined`, of each list under its id. */
export type Memberships = ReadonlyMap<number | undefined, readonly TopicFloor[]>;

export function membershipsOf(view: AccountView): Memberships {
  const found = new Map<number | undefined, readonly TopicFloor[]>([[undefined, view.homeTopics()]]);
  for (const list of view.lists.keys()) found.set(list, view.listTopics(list) ?? []);
  return found;
}

/** The changes that lead from one state to another, one for the home and each list that differs. */
export function changesBetween(before: Memberships, after: Memberships): readonly ViewChange[] {
  const changes: ViewChange[] = [];
  for (const list of new Set([...before.keys(), ...after.keys()])) {
    const had = floorsOf(before.get(list));
    const has = floorsOf(after.get(list));
    const added = Array.from(has, ([topic, since]) => ({ topic, since })).filter(
      ({ topic, since }) => had.get(topic) !== since,
    );
    const removed = [...had.keys()].filter((topic) => !has.has(topic));
    if (added.length + removed.length > 0) changes.push({ added, removed, ...(list === undefined ? {} : { list }) });
  }
  return changes;
}

function floorsOf(floors: readonly TopicFloor[] = []): Map<string, Position> {
  return new Map(floors.map(({ topic, since }) => [topic, since]));
}
