import { createHub } from '../create-hub.ts';
import type { HubSettings } from '../settings.ts';
import { FakeLog } from './fake-log.ts';
import { FakeReader, fromStart, LINES, until } from './fake-reader.ts';

/** What every reader of `openHub` reads. */
export const ON_A = { encoding: LINES, topics: fromStart('a'), after: 0 };

/** A hub over an empty log with so many readers of one topic, all of them live. */
export async function openHub(readers: number, settings: Partial<HubSettings> = {}) {
  const log = new FakeLog();
  const delivered: [number, number][] = [];
  const events = { delivered: (count: number, bytes: number) => void delivered.push([count, bytes]) };
  const hub = createHub({ log, settings, events });
  const owners = Array.from({ length: readers }, () => new FakeReader());
  const attached = owners.map((owner) => hub.attach(owner, ON_A));
  await until('all are live', () => attached.every(({ live }) => live));
  return { log, hub, owners, readers: attached, delivered };
}
