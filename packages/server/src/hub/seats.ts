import type { Event, Position, TopicFloor } from '@carillon/core';
import { CatchUpState } from './catch-up-state.ts';
import { Cursor, type CursorHome, floorAt } from './cursor.ts';
import { Group } from './group.ts';
import type { InterestTable, Shown } from './interest.ts';
import type { Progress } from './progress.ts';
import type { Encoding, ReaderOptions, ReaderOwner } from './reader.ts';

/** Who reads what: every cursor with its group, and whether it sits there (live) or catches up. */
export class Seats {
  /** All attached cursors, in no order. */
  readonly cursors: Cursor[] = [];
  groups = 0;
  live = 0;
  readonly #interests: InterestTable;
  readonly #progress: Progress;

  constructor(interests: InterestTable, progress: Progress) {
    this.#interests = interests;
    this.#progress = progress;
  }

  /** A new cursor, not live yet. */
  admit(home: CursorHome, owner: ReaderOwner, options: ReaderOptions): Cursor {
    const floors = floorsOf(options.topics, options.after);
    const catchingUp = new CatchUpState();
    if (floors.size > 0) catchingUp.announcements.push([...floors.keys()]);
    const group = this.#hold(floors.keys(), options.encoding);
    const cursor = new Cursor(home, owner, group, {
      accepts: options.accepts,
      look: options.look,
      viewer: options.viewer,
      floors: this.#compact(group, floors),
      after: options.after,
      catchingUp,
    });
    cursor.place = this.cursors.push(cursor) - 1;
    return cursor;
  }

  /** The cursor's topics with their floors. */
  topicsOf(cursor: Cursor): Map<string, Position> {
    const names = this.namesOf(cursor);
    return new Map(names.map((name, index) => [name, floorAt(cursor.floors, index)]));
  }

  namesOf(cursor: Cursor): readonly string[] {
    return this.#interests.namesOf(cursor.group.interest);
  }

  /** Gives a cursor that is not live another set of topics. */
  bind(cursor: Cursor, floors: ReadonlyMap<string, Position>): void {
    const former = cursor.group;
    cursor.group = this.#hold(floors.keys(), former.encoding);
    cursor.floors = this.#compact(cursor.group, floors);
    this.#release(former);
  }

  /** Which of an event's topics the cursor reads, in a replay also those that are still to be replayed. */
  shownTo(cursor: Cursor, event: Event): Shown {
    const replays = cursor.catchingUp?.replays ?? [];
    return this.#interests.shownOf(cursor.group.interest, event, (index, name) =>
      replays.reduce((least, { topics }) => Math.min(least, topics.get(name) ?? least), floorAt(cursor.floors, index)),
    );
  }

  /** Everything up to here has been handed over, through the topics that the cursor has had since then. */
  positionOf(cursor: Cursor): Position {
    const { group, seat, seen } = cursor;
    if (seat < 0) return seen;
    const unserved = group.pending && seat >= group.served;
    return Math.max(seen, unserved ? this.#progress.start : this.#progress.end);
  }

  /** The cursor is level with live delivery: from now on passes serve it. */
  sit(cursor: Cursor): void {
    cursor.catchingUp = undefined;
    cursor.group.sit(cursor);
    this.#interests.activate(cursor.group.interest);
    this.live++;
  }

  /** Takes a live cursor out of the passes at its exact position; no change for one that catches up. */
  stand(cursor: Cursor): CatchUpState {
    if (cursor.catchingUp) return cursor.catchingUp;
    cursor.seen = this.positionOf(cursor);
    this.#leave(cursor);
    cursor.catchingUp = new CatchUpState();
    cursor.catchingUp.fresh = true;
    return cursor.catchingUp;
  }

  dismiss(cursor: Cursor): void {
    const last = this.cursors.pop();
    if (last && last !== cursor) {
      this.cursors[cursor.place] = last;
      last.place = cursor.place;
    }
    cursor.place = -1;
    cursor.seen = this.positionOf(cursor);
    if (cursor.seat >= 0) this.#leave(cursor);
    this.#release(cursor.group);
  }

  #leave(cursor: Cursor): void {
    cursor.group.stand(cursor);
    this.#interests.deactivate(cursor.group.interest);
    this.live--;
  }

  #hold(names: Iterable<string>, encoding: Encoding): Group {
    const interest = this.#interests.acquire(names);
    let group = interest.groups.find((known) => known.encoding === encoding);
    if (!group) {
      group = new Group(interest, encoding);
      if (interest.groups.length === 0) interest.groups = [group];
      else interest.groups.push(group);
      this.groups++;
    }
    group.references++;
    return group;
  }

  #release(group: Group): void {
    if (--group.references === 0) {
      group.interest.groups.splice(group.interest.groups.indexOf(group), 1);
      this.groups--;
    }
    this.#interests.release(group.interest);
  }

  #compact(group: Group, floors: ReadonlyMap<string, Position>): Position | Float64Array {
    const first = floors.values().next().value ?? 0;
    let isUniform = true;
    for (const floor of floors.values()) isUniform &&= floor === first;
    if (isUniform) return first;
    return Float64Array.from(this.#interests.namesOf(group.interest), (name) => floors.get(name) ?? 0);
  }
}

/** A topic's events are the reader's if they are above its membership's begin and above what the reader asked for. */
export function floorsOf(topics: readonly TopicFloor[], after: Position): Map<string, Position> {
  const floors = new Map<string, Position>();
  for (const { topic, since } of topics) floors.set(topic, Math.max(since, after));
  return floors;
}
