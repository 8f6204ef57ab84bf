/** What stands in the first bytes of a client's frame (RFC 6455 §5.2); each part can be wrong by itself. */
export interface FrameParts {
  readonly opcode: number;
  readonly fin?: boolean;
  /** The three reserved bits. */
  readonly rsv?: number;
  readonly masked?: boolean;
  /** Bytes of the length field: 1, 3 (16 bits) or 9 (64 bits); the least that is enough unless given. */
  readonly lengthBytes?: 1 | 3 | 9;
  /** The length that is claimed, when it is not the payload's. */
  readonly length?: number;
  readonly payload: Buffer;
}

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

export const TEXT = 0x1;
export const CLOSE = 0x8;

export function encodeFrame({ opcode, fin = true, rsv = 0, masked = true, payload, ...given }: FrameParts): Buffer {
  const length = given.length ?? payload.length;
  const lengthBytes = given.lengthBytes ?? (length < 126 ? 1 : length < 65_536 ? 3 : 9);
  const head = Buffer.alloc(1 + lengthBytes);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  if (lengthBytes === 1) head[1] = length & 0x7f;
  else if (lengthBytes === 3) {
    head[1] = 126;
    head.writeUInt16BE(length & 0xffff, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!masked) return Buffer.concat([head, payload]);
  head[1] = (head[1] ?? 0) | 0x80;
  return Buffer.concat([head, MASK, payload.map((byte, at) => byte ^ (MASK[at % 4] ?? 0))]);
}

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Cuts what a server sent into frames; throws at what RFC 6455 §5 forbids a server or that it never needs. */
export function parseFrames(bytes: Buffer): readonly ServerFrame[] {
  const frames: ServerFrame[] = [];
  let at = 0;
  while (bytes.length - at >= 2) {
    const first = bytes.readUInt8(at);
    const short = bytes.readUInt8(at + 1);
    if (first & 0x70) throw new Error('a reserved bit is set');
    if (!(first & 0x80)) throw new Error('a frame of several');
    if (short & 0x80) throw new Error('a masked frame');
    const opcode = first & 0x0f;
    if (opcode !== TEXT && opcode !== CLOSE && opcode !== 0x9 && opcode !== 0xa) throw new Error(`opcode ${opcode}`);
    const from = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
    if (from > bytes.length) break;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (from - at > (length < 126 ? 2 : length < 65_536 ? 4 : 10)) throw new Error('a length that is not minimal');
    if (opcode >= 0x8 && length > 125) throw new Error('a long control frame');
    if (frames.at(-1)?.opcode === CLOSE) throw new Error('a frame behind the last');
    if (from + length > bytes.length) break;
    frames.push({ opcode, payload: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return frames;
}
