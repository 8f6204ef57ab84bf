import { IncomingMessage } from 'node:http';
import type { StreamRoute } from './contract.ts';
import type { Target } from './target.ts';

/** What is to become of a request, decided as soon as its head is read. */
export type Verdict =
  | { readonly kind: 'plain'; readonly target: Target }
  | { readonly kind: 'stream'; readonly target: Target; readonly route: StreamRoute }
  /** With its path where the target can be read. */
  | { readonly kind: 'refused'; readonly error: unknown; readonly path: string | undefined };

export type Judge = (message: ReadMessage) => Verdict;

/** A request that knows what becomes of it and counts its body while it arrives. */
export class ReadMessage extends IncomingMessage {
  /** What Node's parser found: the client asks for an upgrade, or the method is CONNECT. */
  upgradeAsked = false;
  bodyLimit = Number.POSITIVE_INFINITY;
  /** Called once, in the midst of parsing, with the first byte too many; the rest of the body is dropped. */
  onOverflow: (() => void) | undefined;
  overflowed = false;
  verdict: Verdict | undefined;
  private bodyBytes = 0;

  /** Node's parser hands every piece of the body to `push`. */
  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    if (chunk === null) return this.overflowed ? false : super.push(null);
    if (this.overflowed) return true;
    this.bodyBytes += chunk.length;
    if (this.bodyBytes <= this.bodyLimit) return super.push(chunk, encoding);
    this.overflowed = true;
    this.onOverflow?.();
    return true;
  }
}

/** Where a request went, for whose words an error is said in; `undefined` while, or where, that cannot be read. */
export function pathOf(message: ReadMessage): string | undefined {
  const { verdict } = message;
  return verdict?.kind === 'refused' ? verdict.path : verdict?.target.path;
}

export type MessageClass = typeof ReadMessage;

/**
 * Kernel K15: Node 24 asks `message.upgrade` once the head is read and again after the parser ran. Where it reads
 * true, the parser is freed, no response object is made, and the server emits `upgrade` with the bare socket and the
 * bytes behind the head. So does a request that is refused: nothing behind it is ever parsed. Without `takeOver` only
 * real upgrades go that way.
 */
export function messageClass(judge: Judge, options: { readonly takeOver: boolean }): MessageClass {
  return class JudgedMessage extends ReadMessage {
    set upgrade(asked: boolean | null) {
      if (this.verdict === undefined) this.upgradeAsked = asked === true;
    }

    get upgrade(): boolean {
      if (!options.takeOver && !this.upgradeAsked) return false;
      this.verdict ??= judge(this);
      return this.verdict.kind !== 'plain';
    }
  };
}
