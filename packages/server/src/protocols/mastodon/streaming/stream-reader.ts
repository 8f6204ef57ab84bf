import { formatToken, type LogStore, type Position, type Principal } from '@carillon/core';
import type { Gate } from '../../../auth/index.ts';
import type { Hub, Reader, ReaderOwner } from '../../../hub/index.ts';
import type { SocketSink } from '../../../transport/index.ts';
import type { View, ViewChange } from '../../../view/index.ts';
import type { Kind } from './encode.ts';
import type { StreamEncoding } from './encodings.ts';
import { hasScope } from './refusals.ts';
import type { GapReason } from './resume.ts';
import { listOf, type StreamName, topicsOf, type WantedStream } from './streams.ts';

/** The connection that a stream's reader works for. */
export interface ReaderHost {
  readonly sink: SocketSink;
  readonly principal: Principal;
  readonly view: View;
  /** Tells the client that events after `from` are missing. */
  gap(stream: WantedStream, from: Position, reason: GapReason): Buffer;
  /** Nothing of this stream may be read any more, or it could not be; others may go on. */
  ended(stream: WantedStream, error: unknown): void;
}

/** One stream of one connection: a cursor over its topics, which follow what the viewer may see. */
export class StreamReader implements ReaderOwner {
  readonly stream: WantedStream;
  readonly encoding: StreamEncoding;
  readonly #host: ReaderHost;
  readonly #gate: Gate;
  readonly #list: number | undefined;
  #reader: Reader | undefined;

  constructor(host: ReaderHost, stream: WantedStream, encoding: StreamEncoding, gate: Gate) {
    this.stream = stream;
    this.encoding = encoding;
    this.#host = host;
    this.#gate = gate;
    this.#list = listOf(stream);
  }

  /** Begins to read after this position. */
  attach(after: Position, hub: Hub): void {
    const { view } = this.#host;
    const topics = topicsOf(this.stream, view);
    if (!topics) return this.#host.ended(this.stream, undefined);
    const look = this.encoding.lookOf(view, this.#list);
    this.#reader = hub.attach(this, { encoding: this.encoding, topics, after, look, viewer: view });
  }

  get sink(): SocketSink {
    return this.#host.sink;
  }

  get position(): Position {
    return this.#reader?.position ?? 0;
  }

  get stalledSinceMs(): number {
    return this.#reader?.stalledSinceMs ?? 0;
  }

  mayRead(topic: string): boolean {
    const { principal, view } = this.#host;
    if (view.ended || !this.#gate.isValid(principal)) return false;
    if (this.#list !== undefined && !view.lists.has(this.#list)) return false;
    return view.mayRead(topic);
  }

  gapFrame(from: Position): Buffer {
    return this.#host.gap(this.stream, from, 'removed');
  }

  liveFrame(): undefined {
    return undefined;
  }

  failed(error: unknown): void {
    this.#host.ended(this.stream, error);
  }

  /** What the viewer may read has changed: memberships of its home, or of one list. */
  follow({ added, removed, list }: ViewChange): void {
    if (!this.#reader) return;
    if (this.#list !== undefined && !this.#host.view.lists.has(this.#list)) {
      return this.#host.ended(this.stream, undefined);
    }
    const isHome = this.stream.name === 'user' && list === undefined;
    const isOwnList = this.#list !== undefined && list === this.#list;
    // Whoever is no longer followed is in no list either.
    const isLost = isHome || isOwnList || (this.#list !== undefined && list === undefined);
    if (isLost) this.#reader.removeTopics(removed);
    // A change that was told late began below where the reader is: what it missed comes first.
    if (isHome || isOwnList) this.#reader.addTopics(added, Math.min(...added.map(({ since }) => since)));
  }

  detach(): void {
    this.#reader?.detach();
    this.#reader = undefined;
  }
}

/** What a stream is encoded as: without the right to notifications a home goes without them. */
export function kindOf(name: StreamName, scopes: readonly string[]): Kind {
  switch (name) {
    case 'user':
      return hasScope(scopes, 'read:notifications') ? 'home' : 'home-only';
    case 'user:notification':
      return 'notifications';
    case 'direct':
    case 'list':
      return name;
    default:
      return 'public';
  }
}

export function tokenAt(position: Position, log: Pick<LogStore, 'head'>): string {
  return formatToken({ position, epoch: log.head.epoch });
}
