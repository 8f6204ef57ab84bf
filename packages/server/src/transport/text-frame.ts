const FIN_TEXT = 0x81;
const FIN_BINARY = 0x82;

/** A ping without payload. */
export const PING_FRAME = Buffer.from([0x89, 0]);

/** A whole text message as the server's frame (RFC 6455 §5.2, unmasked): encode once, write to many. */
export function textFrame(text: string | Buffer): Buffer {
  const length = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
  const frame = head(FIN_TEXT, length, length);
  if (typeof text === 'string') frame.write(text, frame.length - length);
  else text.copy(frame, frame.length - length);
  return frame;
}

/**
 * Opens a frame that `textFrame` made at one of its bytes: what is put there makes another whole frame, in pieces.
 * The pieces before and after are the same objects for all that is put.
 */
export function openTextFrame(frame: Buffer, at: number): (put: Buffer) => readonly Buffer[] {
  const begin = headBytes(frame);
  const [before, after] = [frame.subarray(begin, at), frame.subarray(at)];
  const length = frame.length - begin;
  return (put) => [head(FIN_TEXT, length + put.length, 0), before, put, after];
}

export function binaryFrame(data: Buffer): Buffer {
  const frame = head(FIN_BINARY, data.length, data.length);
  data.copy(frame, frame.length - data.length);
  return frame;
}

/** Of a whole unmasked frame. */
function headBytes(frame: Buffer): number {
  const mark = frame[1] ?? 0;
  return mark < 126 ? 2 : mark === 126 ? 4 : 10;
}

/** The head of a frame of so many bytes, with room for what it carries. */
function head(firstByte: number, length: number, room: number): Buffer {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(size + room);
  frame[0] = firstByte;
  if (size === 2) {
    frame[1] = length;
  } else if (size === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  return frame;
}
