import type { Event, LogStore, Position } from '@carillon/core';
import { choose, type Exceptions, type Slice, Slicer } from './batch.ts';
import type { Cursor } from './cursor.ts';
import type { FrameCache, FrameSet, KeptFrame } from './frame-cache.ts';
import type { Alike, Group } from './group.ts';
import type { Meter } from './meter.ts';
import type { Rights } from './rights.ts';
import type { Routed } from './router.ts';
import type { Scratch } from './scratch.ts';
import type { HubSettings } from './settings.ts';

export interface LivePassParts {
  readonly log: LogStore;
  readonly frames: FrameCache;
  readonly meter: Meter;
  readonly rights: Rights;
  readonly settings: HubSettings;
  readonly scratch: Scratch;
  hides(event: Event): boolean;
  /** The reader's sink takes no more for now; it goes on from the log. */
  lag(cursor: Cursor): void;
  failed(cursor: Cursor, error: unknown): void;
}

/** One pass over events that became durable: every group that they touch gets its frames, a slice of sockets a turn. */
export class LivePass {
  readonly #parts: LivePassParts;
  readonly #routed: Routed;
  readonly #sets: FrameSet[];
  /** By the event's index, once it was asked. */
  readonly #hidden: (boolean | undefined)[] = [];
  #next = 0;
  #group: Group | undefined;
  #slices: readonly Slice[] = [];
  /** Whether some viewers of the slices under way are exceptions. */
  #isMixed = false;
  /** What encodings said of this pass's frames. */
  readonly #exceptions = new Map<KeptFrame, Exceptions | undefined>();
  readonly #last: Position;
  /** The version of rights as the group's first member was served. */
  #rights = -1;
  readonly #room: (bytes: number) => Buffer;

  constructor(parts: LivePassParts, events: readonly Event[], routed: Routed) {
    this.#parts = parts;
    this.#routed = routed;
    this.#room = (bytes) => parts.scratch.take(bytes);
    this.#last = events.at(-1)?.position ?? 0;
    this.#sets = events.map((event) => parts.frames.of(event));
    for (const { group } of routed.groups) {
      group.pending = true;
      group.served = 0;
    }
  }

  /** Writes for one turn; true once every touched group was served to its end. */
  turn(): boolean {
    let budget = this.#parts.settings.writesPerTurn;
    for (;;) {
      const group = this.#group ?? this.#open();
      if (!group) return true;
      while (group.served < group.members.length) {
        if (budget <= 0) return false;
        const { alike } = group;
        const isAlike = !this.#isMixed && alike?.rights === this.#parts.rights.version;
        budget -= isAlike ? this.#serveAlike(group, alike, budget) : this.#serveNext(group);
      }
      group.pending = false;
      if (this.#rights === this.#parts.rights.version) group.passed(this.#rights, this.#last);
      this.#group = undefined;
    }
  }

  #open(): Group | undefined {
    const work = this.#routed.groups[this.#next++];
    if (!work) {
      for (const set of this.#sets) this.#parts.frames.keep(set);
      return undefined;
    }
    this.#group = work.group;
    this.#rights = this.#parts.rights.version;
    try {
      this.#slices = this.#encode(work.group, work.firstEntry);
    } catch (error) {
      this.#slices = [];
      for (const cursor of work.group.members.slice()) this.#parts.failed(cursor, error);
    }
    this.#isMixed = this.#slices.some(({ exceptions }) => exceptions);
    return work.group;
  }

  #encode(group: Group, firstEntry: number): readonly Slice[] {
    const { events, next, low, high } = this.#routed.entries;
    const slicer = new Slicer(this.#parts.settings.maxWriteBytes);
    const head = this.#parts.log.head;
    for (let entry = firstEntry; entry >= 0; entry = next[entry] ?? -1) {
      const set = this.#shown(events[entry] ?? -1);
      const kept = set?.kept(group.encoding, low[entry] ?? 0, high[entry] ?? 0, head);
      if (set && kept?.frame) slicer.add(set.event, kept.frame, this.#exceptionsTo(set.event, kept, kept.frame));
    }
    slicer.cut();
    return slicer.slices;
  }

  #shown(index: number): FrameSet | undefined {
    const set = this.#sets[index];
    if (!set) return undefined;
    this.#hidden[index] ??= this.#parts.hides(set.event);
    return this.#hidden[index] ? undefined : set;
  }

  #exceptionsTo(event: Event, kept: KeptFrame, frame: Buffer): Exceptions | undefined {
    const { exceptions } = kept.encoding;
    if (!exceptions) return undefined;
    if (this.#exceptions.has(kept)) return this.#exceptions.get(kept);
    const found = exceptions(event, frame);
    this.#exceptions.set(kept, found);
    return found;
  }

  /** The next members, as long as all of them want all: for thousands of readers of one topic only writes remain. */
  #serveAlike(group: Group, alike: Alike, budget: number): number {
    const { maxPendingBytes } = this.#parts.settings;
    const slices = this.#slices;
    const { sinks } = alike;
    if (slices.length === 0) {
      // This encoding has nothing to say about these events, so nobody need be visited.
      group.served = sinks.length;
      return 1;
    }
    let writes = 0;
    let events = 0;
    let bytes = 0;
    while (writes < budget && group.served < sinks.length && group.alike === alike) {
      const sink = sinks[group.served];
      if (!sink) throw new Error('a group has an empty seat');
      writes += slices.length;
      let before: Slice | undefined;
      try {
        for (const slice of slices) {
          if (sink.pendingBytes > maxPendingBytes) {
            this.#lagAfter(before, group);
            break;
          }
          sink.write(slice.buffer);
          events += slice.events.length;
          bytes += slice.buffer.length;
          before = slice;
        }
      } catch (error) {
        this.#parts.failed(seated(group), error);
      }
      // A cursor that left its seat meanwhile was replaced by one that has not been served.
      if (sinks[group.served] === sink) group.served++;
    }
    if (events > 0) this.#parts.meter.add(events, bytes);
    return writes;
  }

  #lagAfter(slice: Slice | undefined, group: Group): void {
    const cursor = seated(group);
    if (slice) cursor.seen = slice.last;
    this.#parts.lag(cursor);
  }

  #serveNext(group: Group): number {
    const cursor = seated(group);
    const writes = this.#serve(cursor);
    if (group.members[group.served] === cursor) group.served++;
    return writes;
  }

  #serve(cursor: Cursor): number {
    const { rights, settings, meter, scratch } = this.#parts;
    if (cursor.rights !== rights.version && !rights.confirm(cursor)) return 1;
    const { accepts, viewer } = cursor;
    // Where the encoding names its exceptions, they are what a look at every event would find.
    const look = cursor.group.encoding.exceptions ? undefined : cursor.look;
    let writes = 0;
    try {
      const sink = cursor.owner.sink;
      for (const slice of this.#slices) {
        if (cursor.seen >= slice.last) continue;
        if (cursor.seat < 0 || sink.closed) break;
        if (sink.pendingBytes > settings.maxPendingBytes) {
          this.#parts.lag(cursor);
          break;
        }
        const own = viewer && slice.exceptions?.get(viewer);
        const whole = !accepts && !look && !own && cursor.seen < slice.first;
        const room = sink.pendingBytes > 0 ? Buffer.allocUnsafe : this.#room;
        const part = whole ? undefined : choose(slice, cursor.seen, { accepts, look, own, room });
        const buffer = whole ? slice.buffer : part?.buffer;
        cursor.seen = slice.last;
        if (!buffer) continue;
        meter.add(part?.count ?? slice.events.length, buffer.length);
        writes++;
        if (!sink.write(buffer)) scratch.keep(buffer);
      }
    } catch (error) {
      this.#parts.failed(cursor, error);
    }
    return writes || 1;
  }
}

/** The member whose turn it is. */
function seated(group: Group): Cursor {
  const cursor = group.members[group.served];
  if (!cursor) throw new Error('a group has an empty seat');
  return cursor;
}
