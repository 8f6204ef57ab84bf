import { CarillonError, type Event, type Page, type Position, type TopicFloor } from '@carillon/core';
import type { Deadline } from './deadline-wheel.ts';
import type { WaitOptions } from './hub.ts';
import type { Interest } from './interest.ts';

export interface WaitHome {
  /** The deadline has come. */
  due(wait: ParkedWait): void;
  /** Answers with an empty page: nobody waits any more. */
  giveUp(wait: ParkedWait): void;
}

/** One long poll from its question to its answer. Listens to its own signal, so that parking makes no closure. */
export class ParkedWait implements Deadline {
  readonly options: WaitOptions;
  readonly interest: Interest;
  deadlineMs: number;
  readonly resolve: (page: Page) => void;
  readonly reject: (error: unknown) => void;
  readonly #home: WaitHome;
  /** Nothing for it was found up to here. */
  upTo: Position;
  spoke = -1;
  place = -1;
  /** Its place among the interest's waits; -1 once answered. */
  seat = -1;
  stage: 'queued' | 'reading' | 'parked' | 'answered' = 'queued';
  /** Something may have happened since the read under way began. */
  woken = false;
  /** It has seen what went before, so that what came while it was parked may be taken from memory. */
  isFresh = false;
  /** Its deadline came during a read, whose page is its answer. */
  isLate = false;

  constructor(home: WaitHome, options: WaitOptions, interest: Interest, deadlineMs: number, settle: Settle) {
    this.#home = home;
    this.options = options;
    this.interest = interest;
    this.deadlineMs = deadlineMs;
    this.resolve = settle.resolve;
    this.reject = settle.reject;
    this.upTo = options.after;
  }

  /** The topics that the gate allows now; throws `forbidden` when none is left. */
  allowedTopics(): readonly TopicFloor[] {
    const allowed = this.options.topics.filter(({ topic }) => this.options.mayRead(topic));
    if (allowed.length > 0 || this.options.topics.length === 0) return allowed;
    throw new CarillonError('forbidden', `not allowed to read ${this.options.topics[0]?.topic}`);
  }

  /** The page without what nobody is told of, and what the asker does not want. */
  accepted(page: Page, hides: (event: Event) => boolean): Page {
    const { accepts } = this.options;
    if (page.kind === 'gap') return page;
    const events = page.events.filter((event) => !hides(event) && (accepts?.(event) ?? true));
    return events.length === page.events.length ? page : { ...page, events };
  }

  due(): void {
    this.#home.due(this);
  }

  /** Its signal was aborted. */
  handleEvent(): void {
    this.#home.giveUp(this);
  }
}

export interface Settle {
  readonly resolve: (page: Page) => void;
  readonly reject: (error: unknown) => void;
}
