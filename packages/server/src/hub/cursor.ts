import type { Event, Position, TopicFloor } from '@carillon/core';
import type { CatchUpState } from './catch-up-state.ts';
import type { Group } from './group.ts';
import type { Look, Reader, ReaderOwner } from './reader.ts';

/** What cursors ask of the hub they are attached to. */
export interface CursorHome {
  positionOf(cursor: Cursor): Position;
  stalledSinceMs(cursor: Cursor): number;
  addTopics(cursor: Cursor, topics: readonly TopicFloor[], after: Position): void;
  removeTopics(cursor: Cursor, topics: readonly string[]): void;
  detach(cursor: Cursor): void;
}

/** An attached reader: a few numbers while it is live, and a state of its own only while it catches up. */
export class Cursor implements Reader {
  readonly home: CursorHome;
  readonly owner: ReaderOwner;
  readonly accepts: ((event: Event) => boolean) | undefined;
  readonly look: Look | undefined;
  readonly viewer: object | undefined;
  group: Group;
  /** One floor for all topics, or one for each of the interest's. */
  floors: Position | Float64Array;
  /** Events at or below are its past; a live cursor's may lag behind what its group was served. */
  seen: Position;
  /** Its place among the group's members while it is live, else -1. */
  seat = -1;
  /** Its place among all cursors, -1 once detached. */
  place = -1;
  /** The version of rights that its topics were last checked against. */
  rights = -1;
  catchingUp: CatchUpState | undefined;

  constructor(home: CursorHome, owner: ReaderOwner, group: Group, options: CursorOptions) {
    this.home = home;
    this.owner = owner;
    this.group = group;
    this.accepts = options.accepts;
    this.look = options.look;
    this.viewer = options.viewer;
    this.floors = options.floors;
    this.seen = options.after;
    this.catchingUp = options.catchingUp;
  }

  get position(): Position {
    return this.home.positionOf(this);
  }

  get live(): boolean {
    return this.seat >= 0;
  }

  get stalledSinceMs(): number {
    return this.home.stalledSinceMs(this);
  }

  addTopics(topics: readonly TopicFloor[], after: Position): void {
    this.home.addTopics(this, topics, after);
  }

  removeTopics(topics: readonly string[]): void {
    this.home.removeTopics(this, topics);
  }

  detach(): void {
    this.home.detach(this);
  }
}

export interface CursorOptions {
  readonly accepts: ((event: Event) => boolean) | undefined;
  readonly look: Look | undefined;
  readonly viewer: object | undefined;
  readonly floors: Position | Float64Array;
  readonly after: Position;
  readonly catchingUp: CatchUpState;
}

/** The position at or below which events are not the cursor's through this topic of its interest. */
export function floorAt(floors: Position | Float64Array, index: number): Position {
  return typeof floors === 'number' ? floors : (floors[index] ?? 0);
}
