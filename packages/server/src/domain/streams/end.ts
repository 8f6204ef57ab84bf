import {
  type CommandContext,
  dropStream,
  forksOf,
  putGarbage,
  putStream,
  type StoredStream,
  streamById,
} from '../../state/index.ts';
import { deletedEvent } from './events.ts';
import { isDue } from './expiry.ts';

/**
 * Ends an incarnation: announced on its topic, gone at once when nothing was forked from it, else kept for its forks.
 * Without an actor its time had come.
 */
export function end(context: CommandContext, stream: StoredStream, actor?: string): void {
  const current = endDueForks(context, stream);
  const deletedAt = context.append(deletedEvent({ topic: stream.topic, ...(actor === undefined ? {} : { actor }) }));
  const ended = { ...current, deletedAt };
  if (ended.forks > 0) putStream(context.db, ended);
  else purge(context, ended);
}

/** A fork whose time has come does not hold its source. */
function endDueForks(context: CommandContext, stream: StoredStream): StoredStream {
  if (stream.forks === 0) return stream;
  for (const fork of forksOf(context.db, stream.id)) {
    if (fork.deletedAt === undefined && isDue(fork, context.now)) end(context, fork);
  }
  return streamById(context.db, stream.id) ?? stream;
}

/** Forgets an ended incarnation that nobody reads, leaves its events to be removed, and lets go of its source. */
function purge(context: CommandContext, stream: StoredStream & { readonly deletedAt: number }): void {
  dropStream(context.db, stream.id);
  putGarbage(context.db, { topic: stream.topic, since: stream.id - 1, until: stream.deletedAt });
  const source = stream.source && streamById(context.db, stream.source.id);
  if (!source) return;
  const { deletedAt } = source;
  const released = { ...source, forks: source.forks - 1 };
  if (released.forks === 0 && deletedAt !== undefined) purge(context, { ...released, deletedAt });
  else putStream(context.db, released);
}
