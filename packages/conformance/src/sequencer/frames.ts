import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import type { Appended, Epoch, ErrorValue, Event, IdempotencyKey, NewEvent, Position } from '@carillon/core';

/** What a node asks of the sequencer. `ask` numbers the question; the answer carries it back. */
export type Asked =
  | { readonly do: 'append'; readonly ask: number; readonly events: readonly NewEvent[]; readonly key?: IdempotencyKey }
  | { readonly do: 'erase'; readonly ask: number; readonly positions: readonly Position[] }
  | { readonly do: 'follow'; readonly after: Position };

/** What the sequencer tells. `ordered`, `erased` and `sealed` come in the order of the one log. */
export type Told =
  | { readonly tell: 'hello'; readonly epoch: Epoch; readonly end: Position }
  | { readonly tell: 'answer'; readonly ask: number; readonly appended: Appended }
  | { readonly tell: 'refusal'; readonly ask: number; readonly error: ErrorValue }
  | { readonly tell: 'ordered'; readonly events: readonly Event[]; readonly sealedMs: number }
  | { readonly tell: 'erased'; readonly positions: readonly Position[] }
  | { readonly tell: 'sealed'; readonly sealedMs: number };

const HEAD_BYTES = 4;
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** One frame: its length in four bytes, big-endian, then the value. */
export function sendFrame(socket: Socket, value: Asked | Told): void {
  const body = serialize(value);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(body.length);
  socket.write(Buffer.concat([head, body]));
}

/** Calls back with each whole frame, however the bytes arrive. Both ends are programs of ours. */
export function onFrames<Value>(socket: Socket, receive: (value: Value) => void): void {
  let waiting: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    for (;;) {
      if (waiting.length < HEAD_BYTES) return;
      const length = waiting.readUInt32BE();
      if (length > MAX_FRAME_BYTES) throw new Error(`a frame of ${length} bytes`);
      if (waiting.length < HEAD_BYTES + length) return;
      // Both ends are programs of ours.
      receive(deserialize(waiting.subarray(HEAD_BYTES, HEAD_BYTES + length)) as Value);
      waiting = waiting.subarray(HEAD_BYTES + length);
    }
  });
}
