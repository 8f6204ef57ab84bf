import type { Cursor } from './cursor.ts';
import type { Interest } from './interest.ts';
import type { Encoding } from './reader.ts';

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

  constructor(interest: Interest, encoding: Encoding) {
    this.interest = interest;
    this.encoding = encoding;
  }

  sit(cursor: Cursor): void {
    cursor.seat = this.members.length;
    // An array made with its member has no spare room: most groups of many-topic readers never get a second one.
    if (cursor.seat === 0) this.members = [cursor];
    else this.members.push(cursor);
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
  }

  #fill(seat: number, from: number): number {
    const moved = this.members[from];
    if (moved && seat !== from) {
      this.members[seat] = moved;
      moved.seat = seat;
    }
    return from;
  }
}
