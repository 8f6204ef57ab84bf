import { parentPort } from 'node:worker_threads';
import { CarillonError, toErrorValue } from '@carillon/core';
import { renderHtml } from '../domain/index.ts';
import type { RenderAnswer, RenderJob } from './jobs.ts';
import { readText } from './steps.ts';

// Loads what rendering needs before the clock of the first job runs.
readText({ format: 'markdown', text: '*ready*' }, '');
parentPort?.on('message', (job: RenderJob) => parentPort?.postMessage(answer(job)));
parentPort?.postMessage({ kind: 'ready' } satisfies RenderAnswer);

function answer(job: RenderJob): RenderAnswer {
  try {
    switch (job.kind) {
      case 'read':
        return { kind: 'read', read: readText(job.source, job.domain) };
      case 'write':
        return { kind: 'written', body: renderHtml(job.html, job.options) };
    }
  } catch (error) {
    // A bug crashes the thread, with its stack.
    if (!(error instanceof CarillonError)) throw error;
    return { kind: 'failed', error: toErrorValue(error) };
  }
}
