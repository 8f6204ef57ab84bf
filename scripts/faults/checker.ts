import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { PublisherLine, Target } from './publisher.ts';
import type { ReaderLine } from './reader.ts';
import { type Block, blocksOf } from './sse.ts';

export interface Kept {
  readonly position: string;
  readonly text: string;
  readonly topic: string;
}

export interface Verdict {
  readonly acked: number;
  readonly events: number;
  /** Acknowledged only when repeated: the first answer got lost. */
  readonly repeated: number;
  readonly refused: number;
  readonly shown: number;
  readonly reconnects: number;
}

/** Long enough for a busy machine to read the disk: an empty page then means the end. */
const WAIT_SECONDS = 5;

/** Everything that the server keeps of these topics, read as any client may (long poll from the earliest). */
export async function readLog(target: Target, topics: readonly string[]): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (let since = 'earliest'; ; ) {
    const page = await readPage(target, topics, since);
    kept.push(...page.events);
    if (page.events.length === 0) return kept;
    since = page.position;
  }
}

/** One page of these topics; throws unless the server answers it. */
export async function readPage(
  target: Target,
  topics: readonly string[],
  since: string,
): Promise<{ readonly events: readonly Kept[]; readonly position: string }> {
  const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
  const headers = { accept: 'application/cloudevents-batch+json', authorization: `Bearer ${target.token}` };
  const address = `${target.url}/v1/events?${query}&wait=${WAIT_SECONDS}&limit=1000&since=${since}`;
  const response = await fetch(address, { headers });
  assert.equal(response.status, 200, `the log answers ${response.status}`);
  // The wire's own documented answer.
  const page = (await response.json()) as { position: string; data: string; topic: string }[];
  const events = page.map(({ position, data, topic }) => ({ position, text: data, topic }));
  return { events, position: response.headers.get('carillon-position') ?? '' };
}

/** Judges by the publishers' and readers' files alone what a server that came back shows. Throws on any broken promise. */
export function judge(log: readonly Kept[], publishers: readonly string[], readers: readonly string[]): Verdict {
  const byPosition = new Map(log.map((event) => [event.position, event]));
  assert.equal(byPosition.size, log.length, 'no position is given out twice');
  for (const [index, event] of log.entries()) {
    const previous = log[index - 1];
    assert.ok(!previous || previous.position < event.position, `${event.position} comes after ${previous?.position}`);
  }
  const published = publishers.map((file) => judgePublisher(file, log, byPosition));
  assert.equal(sum(published.map(({ events }) => events)), log.length, 'nothing is in the log that nobody published');
  const seen = readers.map((file) => judgeReader(file, log, byPosition));
  return {
    acked: sum(published.map(({ acked }) => acked)),
    events: log.length,
    repeated: sum(published.map(({ repeated }) => repeated)),
    refused: sum(published.map(({ refused }) => refused)),
    shown: sum(seen.map(({ shown }) => shown)),
    reconnects: sum(seen.map(({ reconnects }) => reconnects)),
  };
}

function judgePublisher(file: string, log: readonly Kept[], byPosition: ReadonlyMap<string, Kept>) {
  const tried = new Map<string, Extract<PublisherLine, { tried: string }>>();
  const acked = new Map<string, readonly string[]>();
  let repeated = 0;
  let refused = 0;
  for (const line of linesOf<PublisherLine>(file)) {
    if ('tried' in line) tried.set(line.tried, line);
    else if ('refused' in line) refused += 1;
    else {
      acked.set(line.acked, line.positions);
      if (line.duplicate) repeated += 1;
    }
  }
  const stored = new Map<string, number>();
  for (const { text } of log) stored.set(text, (stored.get(text) ?? 0) + 1);
  let last = '';
  let events = 0;
  for (const [key, { texts, topic }] of tried) {
    const positions = acked.get(key);
    const copies = texts.map((text) => stored.get(text) ?? 0);
    if (!positions) {
      assert.ok(
        new Set(copies).size === 1 && (copies[0] ?? 0) <= 1,
        `${key} was never answered and is there ${copies} times`,
      );
      events += sum(copies);
      continue;
    }
    assert.deepEqual(
      copies,
      texts.map(() => 1),
      `${key} was acknowledged and is there ${copies} times`,
    );
    for (const [part, position] of positions.entries()) {
      const { text, topic: at } = byPosition.get(position) ?? {};
      assert.deepEqual([text, at], [texts[part], topic], `${key} was acknowledged at ${position}`);
      assert.ok(position > last, `${key} at ${position} stands before what was acknowledged earlier at ${last}`);
      last = position;
    }
    events += texts.length;
  }
  return { acked: acked.size, events, repeated, refused };
}

function judgeReader(file: string, log: readonly Kept[], byPosition: ReadonlyMap<string, Kept>) {
  const connections: { lastEventId: string | undefined; text: string; topics: readonly string[] }[] = [];
  for (const line of linesOf<ReaderLine>(file)) {
    if ('opened' in line) connections.push({ lastEventId: line.lastEventId, text: '', topics: line.topics });
    const current = connections.at(-1);
    if ('bytes' in line && current) current.text += line.bytes;
  }
  const topics = connections[0]?.topics ?? [];
  let from: string | undefined;
  let last: string | undefined;
  const shown: string[] = [];
  for (const { lastEventId, text } of connections) {
    assert.equal(lastEventId, last, 'a reader comes back with the last id it was given');
    for (const block of blocksOf(text).blocks) {
      assert.notEqual(block.event, 'gap', `a gap was told where nothing was removed: ${block.data}`);
      if (block.id === undefined) continue;
      from ??= block.id;
      if (block.data !== undefined) shown.push(checkShown(block, last, byPosition));
      assert.ok(last === undefined || block.id >= last, `the position goes back from ${last} to ${block.id}`);
      last = block.id;
    }
  }
  const due = log.filter(
    ({ position, topic }) => position > (from ?? '') && position <= (last ?? '') && topics.includes(topic),
  );
  assert.deepEqual(
    shown,
    due.map(({ position }) => position),
    `${file}: what was shown is what the log holds, in its order`,
  );
  return { shown: shown.length, reconnects: Math.max(0, connections.length - 1) };
}

function checkShown(block: Block, last: string | undefined, byPosition: ReadonlyMap<string, Kept>): string {
  // The wire's own documented form.
  const { data: text, position } = JSON.parse(block.data ?? '') as { data: string; position: string };
  assert.equal(position, block.id, 'the id of a block is its event’s position');
  assert.ok(last === undefined || position > last, `${position} is shown after ${last}`);
  assert.equal(byPosition.get(position)?.text, text, `${position} was shown to a reader and is not in the log`);
  return position;
}

/** Whole lines only: the process that wrote them may have been killed too. */
function linesOf<Line>(file: string): Line[] {
  const text = readFileSync(file, 'utf8');
  return (
    text
      .split('\n')
      .slice(0, -1)
      // Written by a publisher or reader of ours.
      .map((line) => JSON.parse(line) as Line)
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
