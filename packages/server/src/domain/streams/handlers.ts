import {
  type CommandContext,
  type Database,
  dropGarbage,
  dueStreams,
  putGarbage,
  putStream,
  type StoredStream,
  type StreamGarbage,
  someGarbage,
  streamById,
} from '../../state/index.ts';
import { append } from './append.ts';
import { create } from './create.ts';
import { end } from './end.ts';
import { held, isDue, touched } from './expiry.ts';
import { requireStream } from './lookup.ts';
import {
  appendToStream,
  collectStream,
  createStream,
  deleteStream,
  describeStream,
  expireStreams,
  holdStreams,
  streamChores,
  touchStreams,
} from './messages.ts';

/** Streams ended by one command. */
const MAX_EXPIRED = 100;

export const streamCommands = {
  [createStream.name]: create,
  [appendToStream.name]: append,
  [deleteStream.name]: remove,
  [touchStreams.name]: touch,
  [holdStreams.name]: hold,
  [expireStreams.name]: expire,
  [collectStream.name]: collect,
};

export const streamQueries = {
  [describeStream.name]: (db: Database, { topic, nowMs }: { readonly topic: string; readonly nowMs: number }) =>
    requireStream(db, topic, nowMs),
  [streamChores.name]: (db: Database, { nowMs, limit }: { readonly nowMs: number; readonly limit: number }) => ({
    due: dueStreams(db, nowMs, 1).length > 0,
    garbage: someGarbage(db, limit),
  }),
};

function remove(
  context: CommandContext,
  { topic, actor }: { readonly topic: string; readonly actor: string },
): undefined {
  end(context, requireStream(context.db, topic, context.now), actor);
}

function touch(context: CommandContext, { ids }: { readonly ids: readonly number[] }): undefined {
  change(context, ids, (stream) => touched(stream, context.now));
}

interface Hold {
  readonly ids: readonly number[];
  readonly holdMs: number;
}

function hold(context: CommandContext, { ids, holdMs }: Hold): undefined {
  change(context, ids, (stream) => held(stream, holdMs, context.now));
}

function change(context: CommandContext, ids: readonly number[], to: (stream: StoredStream) => StoredStream): void {
  for (const id of ids) {
    const stream = streamById(context.db, id);
    if (!stream || stream.deletedAt !== undefined || isDue(stream, context.now)) continue;
    putStream(context.db, to(stream));
  }
}

function expire(context: CommandContext): number {
  const due = dueStreams(context.db, context.now, MAX_EXPIRED);
  // Ending one may end another of them: its source, which was only kept for it.
  for (const { id } of due) {
    const stream = streamById(context.db, id);
    if (stream && stream.deletedAt === undefined) end(context, stream);
  }
  return due.length;
}

interface Collected {
  readonly range: StreamGarbage;
  readonly positions: readonly number[];
  readonly upTo: number;
}

function collect(context: CommandContext, { range, positions, upTo }: Collected): undefined {
  context.remove(positions);
  if (upTo >= range.until) dropGarbage(context.db, range);
  else putGarbage(context.db, { ...range, since: upTo });
}
