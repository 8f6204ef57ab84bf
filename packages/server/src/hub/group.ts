import type { Position } from '@carillon/core';
import type { Cursor } from './cursor.ts';
import type { Interest } from './interest.ts';
import type { Encoding, Sink } from './reader.ts';

/** What is known of a group whose members all want all that comes. */
export interface Alike {
  /** The version of rights under which it is known. */
  readonly rights: number;
  /** The members' sinks, seat by seat: a pass then looks at nothing else. */
  readonly sinks: Sink[];
}

/** Live readers that want the same bytes: equal topics, equal encoding. */
export class Group {
  readonly interest: Interest;
  readonly encoding: Encoding;
  members: Cursor[] = [];
  /** Cursors that belong here, live or catching up. */
  references = 0;
  /** True while the pass under way has frames for members that have not had them. */
  pending = false;
  /** While pending: members before this seat have had this pass's frames. */
  served = 0;
  /** Absent while members must be looked at one by one, and for one alone. */
  alike: Alike | undefined;

  constructor(interest: Interest, encoding: Encoding) {
    this.interest = interest;
    this.encoding = encoding;
  }

  sit(cursor: Cursor): void {
    cursor.seat = this.members.length;
    this.alike = undefined;
    // An array made with its member has no spare room: most groups of many-topic readers never get a second one.
    if (cursor.seat === 0) this.members = [cursor];
    else this.members.push(cursor);
  }

  /** A pass up to this event served every member, under these rights. */
  passed(rights: number, last: Position): void {
    if (this.alike?.rights === rights) return;
    const { exceptions } = this.encoding;
    // One that chooses is asked each time; one that joined ahead of the pass must not hear again what it has seen.
    const isApart =
      this.members.length < 2 ||
      this.members.some(({ accepts, look, seen }) => accepts || (look && !exceptions) || seen > last);
    this.alike = isApart ? undefined : { rights, sinks: this.members.map(({ owner }) => owner.sink) };
  }

  /** Takes a member out and keeps the served ones before the others. */
  stand(cursor: Cursor): void {
    let seat = cursor.seat;
    cursor.seat = -1;
    if (this.pending && seat < this.served) {
      this.served--;
      seat = this.#fill(seat, this.served);
    }
    this.#fill(seat, this.members.length - 1);
    this.members.pop();
    this.alike?.sinks.pop();
  }

  #fill(seat: number, from: number): number {
    const moved = this.members[from];
    if (moved && seat !== from) {
      this.members[seat] = moved;
      const sinks = this.alike?.sinks;
      const sink = sinks?.[from];
      if (sinks && sink) sinks[seat] = sink;
      moved.seat = seat;
    }
    return from;
  }
}
