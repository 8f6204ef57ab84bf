import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LogStore, Sequencer } from '@carillon/core';

const CANARY_TOPIC = 'system';
const CANARY_TYPE = 'health.canary';
/** Answers are kept this long, so that an eager supervisor does not fill the log. */
const KEPT_MS = 1_000;
const DEADLINE_MS = 5_000;
const LOOP_DELAY_LIMIT_MS = 1_000;

export interface ProbeDeps {
  readonly sequencer: Sequencer;
  readonly log: LogStore;
  readonly now: () => number;
  readonly draining: () => boolean;
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string | number | boolean>>;
}

export interface Probe {
  /** Ready means: it can append and deliver. A canary event proves it. */
  ready(): Promise<ProbeResult>;
  close(): void;
}

type LoopDelay = ReturnType<typeof monitorEventLoopDelay>;

export function createProbe(deps: ProbeDeps): Probe {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let last: { readonly at: number; readonly result: Promise<ProbeResult> } | undefined;
  return {
    ready() {
      if (deps.draining()) return Promise.resolve({ ok: false, checks: { draining: true } });
      const now = deps.now();
      if (!last || now - last.at >= KEPT_MS || now < last.at) last = { at: now, result: look(deps, delay) };
      return last.result;
    },
    close: () => void delay.disable(),
  };
}

async function look(deps: ProbeDeps, delay: LoopDelay): Promise<ProbeResult> {
  const loopDelayMs = Math.round(delay.percentile(99) / 1e6);
  delay.reset();
  const { append, read } = await withDeadline(canary(deps));
  const checks = { append, read, loopDelayMs };
  return { ok: append === 'ok' && read === 'ok' && loopDelayMs < LOOP_DELAY_LIMIT_MS, checks };
}

interface Canary {
  readonly append: string;
  readonly read: string;
}

async function canary({ sequencer, log }: ProbeDeps): Promise<Canary> {
  let position = 0;
  try {
    const event = { type: CANARY_TYPE, topics: [CANARY_TOPIC], data: new Uint8Array() };
    position = (await sequencer.append([event])).positions[0] ?? 0;
  } catch (error) {
    return { append: wordOf(error), read: 'not tried' };
  }
  try {
    const page = await log.read({ topics: [{ topic: CANARY_TOPIC, since: 0 }], after: position - 1, limit: 1 });
    const found = page.kind === 'page' && page.events[0]?.position === position;
    return { append: 'ok', read: found ? 'ok' : 'the canary is missing' };
  } catch (error) {
    return { append: 'ok', read: wordOf(error) };
  }
}

/** An answer names no path and no detail: whoever may see them reads the log. */
function wordOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
}

async function withDeadline(work: Promise<Canary>): Promise<Canary> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Canary>((resolve) => {
    timer = setTimeout(() => resolve({ append: 'no answer', read: 'not tried' }), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
