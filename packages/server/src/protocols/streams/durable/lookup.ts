import { CarillonError, type Head, type Position, type Principal } from '@carillon/core';
import { describeStream, type StoredStream } from '../../../domain/index.ts';
import type { DurableDependencies } from './dependencies.ts';
import { offsetAt } from './headers.ts';
import { topicOfPath } from './stream-path.ts';
import type { Offset } from './wire.ts';

export interface Caller {
  readonly principal: Principal;
  /** No credential was needed: what is answered is nobody's in particular. */
  readonly isAnonymous: boolean;
}

/** Everything that a handler needs of a request before it looks at its parameters. */
export async function identify(
  deps: DurableDependencies,
  authorization: string | undefined,
  search: URLSearchParams,
): Promise<Caller> {
  const accessToken = search.get('access_token') ?? undefined;
  const principal = await deps.authenticator.authenticate({ authorization, accessToken });
  return { principal, isAnonymous: authorization === undefined && accessToken === undefined };
}

/** The topic of a path for somebody who may read it. */
export function readableTopic(deps: DurableDependencies, { principal }: Caller, path: string): string {
  const topic = topicOfPath(path, principal.app);
  deps.gate.require(principal, 'subscribe', [topic]);
  return topic;
}

/** The topic of a path for somebody who may write it. */
export function writableTopic(deps: DurableDependencies, { principal }: Caller, path: string): string {
  const topic = topicOfPath(path, principal.app);
  deps.gate.require(principal, 'publish', [topic]);
  return topic;
}

export interface Described {
  readonly stream: StoredStream;
  /** All events up to here are accounted for in `stream`. */
  readonly position: Position;
}

export async function describe(deps: DurableDependencies, topic: string): Promise<Described> {
  const { rows, position } = await deps.commands.query(describeStream, { topic, nowMs: Date.now() });
  return { stream: rows, position };
}

/**
 * The position to read after. Throws `bad-request` for an offset that nobody can have been given yet, `gap` for one
 * of a lost history, `gone` for one of an earlier stream of this name.
 */
export function positionOf(offset: Offset, stream: StoredStream, head: Head): Position {
  if (offset.kind === 'start') return 0;
  const { position, epoch } = offset.token;
  const first = stream.inherited[0]?.since ?? stream.id;
  const facts = { facts: { earliest: offsetAt(first, head) } };
  if (epoch !== head.epoch) {
    throw new CarillonError('gap', 'this offset is of a history that was lost; read again from the beginning', facts);
  }
  if (position > Math.max(head.position, stream.tail)) {
    throw new CarillonError('bad-request', 'this offset was not given out yet');
  }
  if (position >= first) return position;
  throw new CarillonError('gone', 'this offset is of an earlier stream of this name; read from the beginning', facts);
}
