import type { Position } from '@carillon/core';
import type { Cursor } from './cursor.ts';
import type { Interest } from './interest.ts';
import type { Encoding, Sink } from './reader.ts';

/** Most groups of many-topic readers have one member, which needs no list of sinks. */
const MANY = 2;
const NONE: Sink[] = [];

/** Live readers that want the same bytes: equal topics, equal encoding. */
export class Group {
  readonly interest: Interest;
  readonly encoding: Encoding;
  members: Cursor[] = [];
  /** While members are alike, their sinks, seat by seat: a pass then looks at nothing else. */
  sinks: Sink[] = NONE;
  /** Cursors that belong here, live or catching up. */
  references = 0;
  /** True while the pass under way has frames for members that have not had them. */
  pending = false;
  /** While pending: members before this seat have had this pass's frames. */
  served = 0;
  /** The version of rights under which every member is known to want all that comes; -1 when they must be looked at. */
  alikeUnder = -1;
  /** Members that choose among events. */
  #choosers = 0;
  /** No member has seen events beyond this one before a pass served them. */
  #seen: Position = 0;

  constructor(interest: Interest, encoding: Encoding) {
    this.interest = interest;
    this.encoding = encoding;
  }

  sit(cursor: Cursor): void {
    cursor.seat = this.members.length;
    this.alikeUnder = -1;
    this.sinks = NONE;
    this.#seen = Math.max(this.#seen, cursor.seen);
    if (cursor.accepts) this.#choosers++;
    // An array made with its member has no spare room: most groups of many-topic readers never get a second one.
    if (cursor.seat === 0) this.members = [cursor];
    else this.members.push(cursor);
  }

  /** A pass up to this event looked at every member, under these rights. */
  passed(rights: number, last: Position): void {
    if (this.members.length < MANY || this.#choosers > 0 || this.#seen > last) return;
    this.alikeUnder = rights;
    if (this.sinks === NONE) this.sinks = this.members.map(({ owner }) => owner.sink);
  }

  /** Takes a member out and keeps the served ones before the others. */
  stand(cursor: Cursor): void {
    let seat = cursor.seat;
    cursor.seat = -1;
    if (cursor.accepts) this.#choosers--;
    if (this.pending && seat < this.served) {
      this.served--;
      seat = this.#fill(seat, this.served);
    }
    this.#fill(seat, this.members.length - 1);
    this.members.pop();
    if (this.sinks !== NONE) this.sinks.pop();
  }

  #fill(seat: number, from: number): number {
    const moved = this.members[from];
    if (moved && seat !== from) {
      const sink = this.sinks[from];
      this.members[seat] = moved;
      if (sink) this.sinks[seat] = sink;
      moved.seat = seat;
    }
    return from;
  }
}
