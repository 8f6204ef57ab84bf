import type { Event } from '@carillon/core';
import type { CommandContext } from '../../state/index.ts';

const STARTED = 'job.started';

/** Tells every node that there is work to be done. */
export function announceJob(context: CommandContext, job: number): void {
  context.append({ type: STARTED, topics: ['system'], data: Buffer.from(JSON.stringify({ job })) });
}

export function startsJob(event: Event): boolean {
  return event.type === STARTED && event.topics.includes('system');
}
