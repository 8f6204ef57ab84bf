import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Hub } from './hub.ts';
import type { Encoding } from './reader.ts';
import { FakeLog } from './testing/fake-log.ts';
import { isOdd, LINES, MARKED, markedFor, SHARED, until } from './testing/fake-reader.ts';
import { type Asked, type Manner, ModelReader } from './testing/model-reader.ts';

/** Small enough that every limit is met all the time. */
const TIGHT = {
  writesPerTurn: 2,
  maxPendingBytes: 20,
  maxWriteBytes: 16,
  maxReads: 2,
  pageEvents: 3,
  keptFrameBytes: 64,
  recentEvents: 4,
};

const topics = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });
const who = fc.nat(7);
/** How far before the end to start, and whether the membership begins now, before, or above the end. */
const from = { back: fc.nat(10), since: fc.constantFrom('start', 'back', 'end', 'above') };
/** Whether it chooses, how it sees events, and by which of two kinds of frames. */
const manner = fc.record({
  odd: fc.boolean(),
  sees: fc.constantFrom('all', 'all', 'looking', 'as an exception'),
  encoding: fc.constantFrom(LINES, SHARED),
});
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('publish'), topics, count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('attach'), topics, ...from, manner }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add'), who, topics, ...from }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('remove', 'refuse'), who, topics }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('stop', 'drain', 'stop', 'drain', 'detach'), who }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('settle', 'hold', 'release', 'lose', 'turn', 'turn') }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class Run {
  readonly #log = new FakeLog();
  readonly #hub: Hub = createHub({ log: this.#log, settings: TIGHT });
  readonly #readers: ModelReader[] = [];
  readonly #viewers = new Set<object>();
  readonly #marked = new Map([LINES, SHARED].map((encoding) => [encoding, markedFor(this.#viewers, encoding)]));

  constructor(latency: number) {
    this.#log.latency = latency;
  }

  async steps(steps: readonly Step[]): Promise<void> {
    try {
      for (const step of steps) {
        await this.#step(step);
        for (const reader of this.#readers) reader.check();
      }
      for (const { owner } of this.#readers) owner.drain();
      await this.#settle();
      for (const reader of this.#readers) reader.checkEnd();
    } finally {
      this.#log.release();
      this.#hub.close();
    }
  }

  async #step(step: Step): Promise<void> {
    if ('count' in step) {
      for (let count = 0; count < step.count; count++) this.#log.publish(...step.topics);
    } else if ('manner' in step) {
      this.#readers.push(new ModelReader(this.#hub, this.#log, this.#asked(step), this.#manner(step.manner)));
    } else if ('who' in step) {
      const reader = this.#readers[step.who];
      if (reader && !reader.isOver) this.#change(reader, step);
    } else {
      await this.#happen(step.do);
    }
  }

  #manner({ odd, sees, encoding }: { odd: boolean; sees: string; encoding: Encoding }): Manner {
    const choice = odd ? { accepts: isOdd } : {};
    const marked = this.#marked.get(encoding) ?? encoding;
    if (sees === 'looking') return { ...choice, encoding, look: MARKED };
    // Readers without exceptions share the encoding, and so the group, with those that have some.
    if (sees === 'all') return { ...choice, encoding: marked };
    const viewer = {};
    this.#viewers.add(viewer);
    return { ...choice, encoding: marked, look: MARKED, viewer };
  }

  #change(reader: ModelReader, step: Extract<Step, { who: number }>): void {
    if ('back' in step) reader.add(this.#asked(step, reader.reader.position));
    else if ('topics' in step) {
      if (step.do === 'remove') reader.remove(step.topics);
      else {
        reader.refuse(step.topics);
        this.#hub.recheck();
      }
    } else if (step.do === 'stop') reader.owner.taking = false;
    else if (step.do === 'drain') reader.owner.drain();
    else reader.detach();
  }

  async #happen(what: string): Promise<void> {
    if (what === 'hold') this.#log.holding = true;
    else if (what === 'release') this.#log.release();
    else if (what === 'settle') await this.#settle();
    else if (what === 'turn') await new Promise((resolve) => setImmediate(resolve));
    else {
      this.#log.telling = false;
      this.#log.publish('a', 'b');
      this.#log.loseHint();
      this.#log.telling = true;
      this.#log.publish('b');
    }
  }

  async #settle(): Promise<void> {
    this.#log.holding = false;
    this.#log.release();
    await until('the hub is level with the log', () => this.#hub.head.position === this.#log.head.position);
    await until('all that take bytes are level', () => this.#readers.every((reader) => reader.isLevel));
  }

  #asked(step: { topics: readonly string[]; back: number; since: string }, position = Infinity): Asked {
    const end = this.#log.head.position;
    const after = Math.max(0, end - step.back);
    // A second membership of a topic begins where the reader is, or is still to come: between the two is no rule.
    const since = { start: 0, back: Math.min(position, after), end: Math.min(position, end), above: end + 1 };
    return { topics: step.topics, after, since: since[step.since as keyof typeof since] };
  }
}

describe('the hub', () => {
  it('delivers what the rule of delivery says, in order and once, whatever readers, sinks and log do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
        async (latency, steps) => {
          await new Run(latency).steps(steps);
        },
      ),
      { numRuns: Number(process.env['HUB_RUNS'] ?? 200) },
    );
  });
});
