import { headOf, textMessages } from '../resume/frames.ts';
import type { Recording } from '../resume/recording-proxy.ts';

/** One event as the wire shows it. */
export interface Frame {
  readonly position: string;
  readonly event: string;
  /** JSON text, or a bare id. */
  readonly payload: string;
}

/** One connection: where the client said it was, and every whole event that it was handed. */
export interface Session {
  readonly since: string | undefined;
  readonly frames: readonly Frame[];
}

export function sseSessions(recordings: readonly Recording[]): readonly Session[] {
  return recordings.flatMap((recording) => {
    const answer = recording.answered().toString('utf8');
    const start = answer.indexOf('\r\n\r\n');
    if (start < 0 || !answer.startsWith('HTTP/1.1 200')) return [];
    const since = /^last-event-id: *(\S+)/im.exec(headOf(recording.asked()))?.[1];
    // A block that was cut has no blank line behind it and does not count.
    const blocks = answer
      .slice(start + 4)
      .split('\n\n')
      .slice(0, -1);
    return [{ since, frames: blocks.map(frameOf) }];
  });
}

export function socketSessions(recordings: readonly Recording[]): readonly Session[] {
  return recordings.flatMap((recording) => {
    if (!recording.answered().subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) return [];
    const target = headOf(recording.asked()).split(' ')[1] ?? '/';
    const since = new URL(target, 'http://server').searchParams.get('since') ?? undefined;
    const frames = textMessages(recording.answered()).map((text) => {
      const { id, event, payload }: { id?: string; event: string; payload: string } = JSON.parse(text);
      return { position: id ?? '', event, payload };
    });
    return [{ since, frames }];
  });
}

function frameOf(block: string): Frame {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { position: field('id'), event: field('event'), payload: field('data') };
}

/** What must be seen exactly once, and what at most once because it was deleted meanwhile. */
export interface Expected {
  readonly once: ReadonlySet<string>;
  readonly atMostOnce: ReadonlySet<string>;
}

/** Names what a frame says: event, id, and for statuses their text. */
export function nameOf({ event, payload }: Pick<Frame, 'event' | 'payload'>): string {
  if (event === 'delete') return `delete ${payload}`;
  const entity: { id: string; type?: string; content?: string; status?: { id: string } } = JSON.parse(payload);
  if (event === 'notification') return `notification ${entity.type} ${entity.status?.id}`;
  return `${event} ${entity.id} ${entity.content?.replace(/<[^>]*>/g, '')}`;
}

/** What is wrong with the sessions of one client, read in the order they were opened; empty when all is well. */
export function faultsOf(sessions: readonly Session[], { once, atMostOnce }: Expected): readonly string[] {
  const faults: string[] = [];
  const seen = new Map<string, number>();
  let last: string | undefined;
  for (const [index, { since, frames }] of sessions.entries()) {
    if (index > 0 && since !== last) faults.push(`connection ${index} presents ${since}, not ${last}`);
    for (const frame of frames) {
      const { position } = frame;
      if (last !== undefined && position <= last) faults.push(`connection ${index}: ${position} comes after ${last}`);
      last = position;
      const name = nameOf(frame);
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  }
  for (const name of once) if (seen.get(name) !== 1) faults.push(`${name}: seen ${seen.get(name) ?? 0} times`);
  for (const [name, times] of seen) {
    if (!once.has(name) && !atMostOnce.has(name)) faults.push(`${name}: not expected`);
    if (times > 1 && !once.has(name)) faults.push(`${name}: seen ${times} times`);
  }
  return faults;
}
