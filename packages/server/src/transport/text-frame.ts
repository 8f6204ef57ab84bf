const FIN_TEXT = 0x81;
const FIN_BINARY = 0x82;

/** A ping without payload. */
export const PING_FRAME = Buffer.from([0x89, 0]);

/** A whole text message as the server's frame (RFC 6455 §5.2, unmasked): encode once, write to many. */
export function textFrame(text: string | Buffer): Buffer {
  const length = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
  const frame = frameFor(FIN_TEXT, length);
  if (typeof text === 'string') frame.write(text, frame.length - length);
  else text.copy(frame, frame.length - length);
  return frame;
}

export function binaryFrame(data: Buffer): Buffer {
  const frame = frameFor(FIN_BINARY, data.length);
  data.copy(frame, frame.length - data.length);
  return frame;
}

function frameFor(firstByte: number, length: number): Buffer {
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = firstByte;
  if (head === 2) {
    frame[1] = length;
  } else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  return frame;
}
