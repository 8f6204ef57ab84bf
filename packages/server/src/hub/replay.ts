import type { Event, Position, TopicFloor } from '@carillon/core';
import type { CatchUpState, Replay, SeenRange } from './catch-up-state.ts';
import type { Cursor } from './cursor.ts';
import { floorsOf, type Seats } from './seats.ts';

/** Whether an event belongs to a replay and has not reached the reader through another of its topics. */
export function isWanted(replay: Replay, event: Event): boolean {
  const { position } = event;
  let wanted = false;
  for (const topic of event.topics) {
    const seen = replay.seen.get(topic) ?? [];
    if (seen.some(({ after, upTo }) => position > after && position <= upTo)) return false;
    const floor = replay.topics.get(topic);
    if (floor !== undefined && position > floor) wanted = true;
  }
  return wanted;
}

/**
 * Gives a reader more topics. It stops being live; what it lacks of their history comes first, then what happened
 * meanwhile. Tells whether anything changed.
 */
export function addTopics(seats: Seats, cursor: Cursor, topics: readonly TopicFloor[], after: Position): boolean {
  if (topics.length === 0) return false;
  const state = seats.stand(cursor);
  const { seen: position } = cursor;
  // A membership that begins above the reader's position starts anew, whatever went before.
  const anew = topics.filter(({ since }) => since > position);
  removeTopics(
    seats,
    cursor,
    anew.map(({ topic }) => topic),
  );
  const floors = seats.topicsOf(cursor);
  if (after < position) state.replays.push(replayOf(topics, after, position, floors));
  for (const { topic, since } of topics) {
    const known = floors.get(topic);
    const floor = Math.max(since, after, position);
    floors.set(topic, Math.min(known ?? floor, floor));
  }
  seats.bind(cursor, floors);
  state.version++;
  state.announcements.push([...new Set(topics.map(({ topic }) => topic))]);
  return true;
}

function replayOf(
  topics: readonly TopicFloor[],
  after: Position,
  until: Position,
  floors: ReadonlyMap<string, Position>,
): Replay {
  return {
    topics: floorsOf(topics, after),
    at: after,
    until,
    seen: new Map(Array.from(floors, ([topic, floor]) => [topic, [{ after: floor, upTo: until }]])),
  };
}

/** Takes topics from a reader at its exact position; nothing of them comes any more. Tells whether it had any. */
export function removeTopics(seats: Seats, cursor: Cursor, topics: readonly string[]): boolean {
  const floors = seats.topicsOf(cursor);
  const gone = topics.filter((topic) => floors.delete(topic));
  if (gone.length === 0) return false;
  const state = seats.stand(cursor);
  seats.bind(cursor, floors);
  state.version++;
  for (const [index, replay] of state.replays.entries()) {
    const cut = gone.flatMap((topic) => rangeOf(replay, topic, replay.at));
    for (const [topic] of cut) replay.topics.delete(topic);
    note(state.replays.slice(index + 1), cut);
  }
  state.announcements = state.announcements
    .map((announced) => announced.filter((topic) => !gone.includes(topic)))
    .filter((announced) => announced.length > 0);
  return true;
}

/** Drops the first replay once it is over; what it delivered counts as seen from now on. */
export function finishReplay(seats: Seats, cursor: Cursor, state: CatchUpState): void {
  const [replay] = state.replays;
  if (!replay || replay.at < replay.until) return;
  state.replays.shift();
  const floors = seats.topicsOf(cursor);
  for (const [topic, after] of replay.topics) floors.set(topic, Math.min(floors.get(topic) ?? after, after));
  seats.bind(cursor, floors);
  note(
    state.replays,
    [...replay.topics.keys()].flatMap((topic) => rangeOf(replay, topic, replay.until)),
  );
}

/** A replay whose topics were all removed has nothing to say. */
export function dropEmptyReplays(seats: Seats, cursor: Cursor, state: CatchUpState): void {
  while (state.replays[0]?.topics.size === 0) {
    state.replays[0].at = state.replays[0].until;
    finishReplay(seats, cursor, state);
  }
}

function rangeOf(replay: Replay, topic: string, upTo: Position): [string, SeenRange][] {
  const after = replay.topics.get(topic);
  return after === undefined ? [] : [[topic, { after, upTo }]];
}

function note(replays: readonly Replay[], ranges: readonly [string, SeenRange][]): void {
  for (const { seen } of replays) {
    for (const [topic, range] of ranges) seen.set(topic, [...(seen.get(topic) ?? []), range]);
  }
}

export function topicFloors(floors: ReadonlyMap<string, Position>): TopicFloor[] {
  return Array.from(floors, ([topic, since]) => ({ topic, since }));
}
