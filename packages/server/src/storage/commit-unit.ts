import { CarillonError, type Event, type NewEvent, type Position, toErrorValue } from '@carillon/core';
import type { LogicalClock } from './clock.ts';
import { nextId } from './clock.ts';
import type { CommandContext, CommandHandlers } from './command.ts';
import type { Database } from './driver.ts';
import { encodeExtra } from './event-codec.ts';
import type { EventWriter, LooseEvent, Place } from './event-writer.ts';
import { describeFault, faultOf } from './faults.ts';
import { type FramedEvent, unpackFrame } from './frame.ts';
import type { KeyLedger } from './idempotency.ts';
import { type LogEnd, writeLogEnd } from './log-end.ts';
import type { Committed, Exception, Frame, Notice, Outcome, Side } from './messages.ts';

export interface UnitParts {
  readonly db: Database;
  readonly end: LogEnd;
  readonly clock: LogicalClock;
  readonly events: EventWriter;
  readonly keys: KeyLedger;
  readonly handlers: CommandHandlers;
  readonly notice: (notice: Notice) => void;
}

export interface Applied {
  /** The batch's answer, before its sealed time is known, which is after the commit. */
  readonly answer: Omit<Committed, 'sealedMs'>;
  /** Whether there is something to commit. */
  readonly changed: boolean;
}

/**
 * Applies operations inside one transaction (kernel K1). Each takes effect whole or not at all; commands run in a
 * savepoint of their own. Errors of the disk go through, because they end the batch.
 */
export class CommitUnit {
  readonly #parts: UnitParts;
  #end: LogEnd;
  #now = 0;
  #exceptions: Exception[] = [];
  #operation = 0;
  #changed = false;
  #shortage: CarillonError | undefined;
  /** What the command wants repeats of its key to be answered with, in place of its result. */
  #repeatAnswer: { readonly value: unknown } | undefined;
  #made: (readonly [LooseEvent, Place])[] = [];

  constructor(parts: UnitParts) {
    this.#parts = parts;
    this.#end = { ...parts.end };
  }

  get end(): Readonly<LogEnd> {
    return this.#parts.end;
  }

  /**
   * Applies and prepares to commit; the caller commits and calls `committed`, or rolls back. During a `shortage` of
   * space nothing is added. `housekeeping` says whether it changed something that the log does not tell of.
   */
  async apply(
    frames: readonly Frame[],
    shortage: CarillonError | undefined,
    housekeeping: (now: number) => boolean,
  ): Promise<Applied> {
    const { db, end, events } = this.#parts;
    this.#now = Math.max(this.#parts.clock.now(), end.stamp);
    this.#end = { ...end };
    this.#exceptions = [];
    this.#operation = 0;
    this.#changed = false;
    this.#shortage = shortage;
    for (const frame of frames) {
      for (const operation of unpackFrame(frame)) {
        if (operation.kind === 'append') this.#append(operation.events, operation.side);
        else await this.#side(operation.side);
        this.#operation += 1;
      }
    }
    const kept = housekeeping(this.#now);
    const changes = events.changes();
    const changed = this.#changed || kept || changes !== undefined;
    if (changed) {
      this.#end.commits += 1;
      writeLogEnd(db, this.#end);
    }
    const { position, last_id: id } = end;
    const { stamp: time, position: newEnd } = this.#end;
    const exceptions = this.#exceptions;
    const answer = { kind: 'committed' as const, operations: this.#operation, time, position, id, exceptions, changes };
    return { answer: { ...answer, end: newEnd }, changed };
  }

  committed(): void {
    Object.assign(this.#parts.end, this.#end);
    this.#parts.events.committed();
  }

  #append(framed: readonly FramedEvent[], side: Side | undefined): void {
    const key = side?.kind === 'key' ? side.key : undefined;
    if (key && this.#answerRepeat(key)) return;
    if (this.#refuseForSpace()) return;
    this.#changed = true;
    const first = this.#end.position + 1;
    for (const event of framed) this.#parts.events.insert(event, this.#place());
    if (key) this.#parts.keys.remember(key, { first, count: framed.length, result: undefined }, this.#now);
  }

  /** Answers from memory when the key is known; whether it was. */
  #answerRepeat(key: Extract<Side, { kind: 'key' }>['key']): boolean {
    try {
      const known = this.#parts.keys.find(key, this.#now);
      if (known) this.#except({ kind: 'done', ...known, duplicate: true });
      return known !== undefined;
    } catch (error) {
      if (!(error instanceof CarillonError)) throw error;
      this.#except({ kind: 'error', error: toErrorValue(error) });
      return true;
    }
  }

  #refuseForSpace(): boolean {
    if (this.#shortage) this.#except({ kind: 'error', error: toErrorValue(this.#shortage) });
    return this.#shortage !== undefined;
  }

  #place(): Place {
    this.#end.position += 1;
    this.#end.stamp = this.#now;
    this.#end.last_id = nextId(this.#end.last_id, this.#now);
    return { position: this.#end.position, id: this.#end.last_id, time: this.#now };
  }

  #except(outcome: Outcome): void {
    const { position, last_id: id } = this.#end;
    this.#exceptions.push({ operation: this.#operation, outcome, position, id });
  }

  async #side(side: Side): Promise<void> {
    if (side.kind === 'command' && side.key && this.#answerRepeat(side.key)) return;
    if ((side.kind === 'command' || side.kind === 'ingest') && this.#refuseForSpace()) return;
    const first = this.#end.position + 1;
    this.#made = [];
    const result = await this.#inSavepoint(() => this.#perform(side));
    if (!result) return;
    if (side.kind !== 'barrier') this.#changed = true;
    const count = side.kind === 'ingest' ? 0 : this.#end.position - first + 1;
    const rows = this.#made.length > 0 ? { rows: this.#parts.events.pack(this.#made) } : {};
    if (side.kind === 'command' && side.key) {
      const kept = (this.#repeatAnswer ?? result).value;
      this.#parts.keys.remember(side.key, { first, count, result: kept }, this.#now);
    }
    this.#except({ kind: 'done', first, count, duplicate: false, result: result.value, ...rows });
  }

  #perform(side: Side): unknown {
    const { events } = this.#parts;
    switch (side.kind) {
      case 'command':
        return this.#command(side.name, side.input);
      case 'erase':
        return events.erase(side.positions);
      case 'ingest':
        return this.#ingest(side.events);
      case 'expire':
        while (events.sweep(side.now, Number.POSITIVE_INFINITY));
        return undefined;
      case 'retention':
        return events.retain(side.settings);
      case 'barrier':
      case 'key':
        return undefined;
    }
  }

  #command(name: string, input: unknown): unknown {
    const handler = this.#parts.handlers[name];
    if (!handler) throw new Error(`no handler for the command ${name}`);
    this.#end.stamp = this.#now;
    this.#repeatAnswer = undefined;
    // Names are shared with the types of their inputs (`Message`), so the input fits the handler of its name.
    return handler(this.#context(), input as never);
  }

  #context(): CommandContext {
    const { db, events } = this.#parts;
    return {
      db,
      now: this.#now,
      append: (event) => this.#appendLoose(event),
      nextId: () => {
        this.#end.last_id = nextId(this.#end.last_id, this.#now);
        return this.#end.last_id;
      },
      erase: (positions) => events.erase(positions),
      eraseSubject: (subject) => events.eraseSubject(subject),
      remove: (positions) => events.remove(positions),
      answerRepeatsWith: (value) => {
        this.#repeatAnswer = { value };
      },
    };
  }

  #appendLoose(event: NewEvent): Position {
    const place = this.#place();
    const loose = loosen(event);
    this.#parts.events.insert(loose, place);
    this.#made.push([loose, place]);
    return place.position;
  }

  /** Takes events with the places that another sequencer gave them; what is here already is left alone. */
  #ingest(given: readonly Event[]): Position {
    const from = this.#end.position;
    for (const event of given) {
      const { position, id, time } = event;
      if (position <= this.#end.position) continue;
      if (position > this.#end.position + 1) this.#parts.events.skip(this.#end.position + 1, position - 1);
      this.#parts.events.insert(loosen(event), event);
      if (event.erased) this.#parts.events.erase([position]);
      this.#end.position = position;
      this.#end.last_id = Math.max(this.#end.last_id, id);
      this.#end.stamp = Math.max(this.#end.stamp, time);
    }
    return from;
  }

  /** Runs in a savepoint; the answer of what threw is recorded, unless the disk did. */
  async #inSavepoint(run: () => unknown): Promise<{ readonly value: unknown } | undefined> {
    const { db, events, keys } = this.#parts;
    const before = { ...this.#end };
    const marks = [events.mark(), keys.mark()] as const;
    db.exec('SAVEPOINT operation');
    try {
      const value = await run();
      db.exec('RELEASE operation');
      return { value };
    } catch (error) {
      if (!db.inTransaction || faultOf(error) !== 'unknown') throw error;
      db.exec('ROLLBACK TO operation');
      db.exec('RELEASE operation');
      this.#end = before;
      events.undo(marks[0]);
      keys.undo(marks[1]);
      if (!(error instanceof CarillonError)) {
        const stack = error instanceof Error ? error.stack : undefined;
        this.#parts.notice({ level: 'error', message: `a command failed: ${stack ?? describeFault(error)}` });
      }
      this.#except({ kind: 'error', error: toErrorValue(error) });
      return undefined;
    }
  }
}

function loosen(event: NewEvent): LooseEvent {
  const extra = encodeExtra(event);
  return { type: event.type, topics: event.topics, extra, extraBytes: Buffer.byteLength(extra), data: event.data };
}
