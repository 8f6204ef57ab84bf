import type { Worker } from 'node:worker_threads';
import { CarillonError, fromErrorValue } from '@carillon/core';
import type { RenderedBody, RenderOptions, Source } from '../domain/index.ts';
import { siblingModule, spawnThread } from '../storage/index.ts';
import type { ReadText, RenderAnswer, RenderJob } from './jobs.ts';

const START_MS = 30_000;
const MAX_HEAP_MEGABYTES = 128;

/** One thread that renders, started when it is first needed and started again after it was ended for taking too long. */
export class RenderThread {
  readonly #limitMs: number;
  #thread: Promise<Worker> | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  async read(source: Source, domain: string): Promise<ReadText> {
    const answer = await this.#ask({ kind: 'read', source, domain });
    if (answer.kind === 'read') return answer.read;
    throw new Error(`the thread that renders answered ${answer.kind}`);
  }

  async write(html: string, options: RenderOptions): Promise<RenderedBody> {
    const answer = await this.#ask({ kind: 'write', html, options });
    if (answer.kind === 'written') return answer.body;
    throw new Error(`the thread that renders answered ${answer.kind}`);
  }

  async close(): Promise<void> {
    await this.#end();
  }

  async #ask(job: RenderJob): Promise<RenderAnswer> {
    this.#thread ??= start();
    let answer: RenderAnswer;
    try {
      const thread = await this.#thread;
      const awaited = nextAnswer(thread, this.#limitMs);
      thread.postMessage(job);
      answer = await awaited;
    } catch (error) {
      // Its state is unknown; the next job starts another.
      await this.#end();
      throw error;
    }
    if (answer.kind === 'failed') throw fromErrorValue(answer.error);
    return answer;
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await (await thread?.catch(() => undefined))?.terminate();
  }
}

async function start(): Promise<Worker> {
  const root = siblingModule('./render-thread', import.meta.url);
  const limits = { maxOldGenerationSizeMb: MAX_HEAP_MEGABYTES };
  const thread = spawnThread(root, 'carillon-render', {}, [], limits);
  thread.on('error', () => undefined);
  await nextAnswer(thread, START_MS);
  thread.unref();
  return thread;
}

/** Throws `unprocessable` when the thread takes too long or all its memory, and its own error when it fails. */
async function nextAnswer(thread: Worker, limitMs: number): Promise<RenderAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RenderAnswer>();
  const tooMuch = (cause?: unknown): void =>
    reject(new CarillonError('unprocessable', 'the text takes too long to render; make it simpler', { cause }));
  const failed = (error: NodeJS.ErrnoException): void =>
    error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch(error) : reject(error);
  const ended = (): void => reject(new Error('the thread that renders ended'));
  const late = setTimeout(tooMuch, limitMs);
  thread.once('message', resolve).once('error', failed).once('exit', ended);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    thread.off('message', resolve).off('error', failed).off('exit', ended);
  }
}
