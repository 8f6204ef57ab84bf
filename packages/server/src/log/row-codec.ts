/** An event's row on its way from a thread that reads SQLite to the main thread. */
export interface PackedRow {
  readonly position: number;
  readonly id: number;
  readonly time: number;
  readonly topics: readonly number[];
  readonly type: string;
  readonly extra: string;
  /** `null` once erased. */
  readonly data: Uint8Array | null;
}

const HEAD = 3 * 8 + 1 + 1 + 2 + 4 + 4;
const TOPIC_BYTES = 4;

/** One transferable piece for any number of rows; a view over a buffer of its own. */
export function packRows(rows: readonly PackedRow[]): Uint8Array<ArrayBuffer> {
  const extras = rows.map((row) => Buffer.byteLength(row.extra));
  let size = 0;
  rows.forEach((row, n) => {
    size += HEAD + row.topics.length * TOPIC_BYTES + row.type.length + (extras[n] ?? 0) + (row.data?.byteLength ?? 0);
  });
  const bytes = Buffer.from(new ArrayBuffer(size));
  let at = 0;
  rows.forEach((row, n) => {
    at = packRow(bytes, at, row, extras[n] ?? 0);
  });
  return bytes;
}

function packRow(bytes: Buffer, start: number, row: PackedRow, extraBytes: number): number {
  let at = start;
  at = bytes.writeDoubleLE(row.position, at);
  at = bytes.writeDoubleLE(row.id, at);
  at = bytes.writeDoubleLE(row.time, at);
  at = bytes.writeUInt8(row.data === null ? 1 : 0, at);
  at = bytes.writeUInt8(row.topics.length, at);
  at = bytes.writeUInt16LE(row.type.length, at);
  at = bytes.writeUInt32LE(extraBytes, at);
  at = bytes.writeUInt32LE(row.data?.byteLength ?? 0, at);
  for (const topic of row.topics) at = bytes.writeUInt32LE(topic, at);
  at += bytes.write(row.type, at, 'latin1');
  if (extraBytes > 0) at += bytes.write(row.extra, at, 'utf8');
  if (row.data === null) return at;
  bytes.set(row.data, at);
  return at + row.data.byteLength;
}

/** Rows as `packRows` packed them; `data` are views, not copies. */
export function unpackRows(packed: Uint8Array<ArrayBuffer>): readonly PackedRow[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const rows: PackedRow[] = [];
  let at = 0;
  while (at < bytes.length) {
    const topicCount = bytes.readUInt8(at + 25);
    const typeAt = at + HEAD + topicCount * TOPIC_BYTES;
    const extraAt = typeAt + bytes.readUInt16LE(at + 26);
    const dataAt = extraAt + bytes.readUInt32LE(at + 28);
    const end = dataAt + bytes.readUInt32LE(at + 32);
    const topics: number[] = [];
    for (let n = at + HEAD; n < typeAt; n += TOPIC_BYTES) topics.push(bytes.readUInt32LE(n));
    rows.push({
      position: bytes.readDoubleLE(at),
      id: bytes.readDoubleLE(at + 8),
      time: bytes.readDoubleLE(at + 16),
      topics,
      type: bytes.toString('latin1', typeAt, extraAt),
      extra: extraAt === dataAt ? '' : bytes.toString('utf8', extraAt, dataAt),
      data: bytes.readUInt8(at + 24) === 1 ? null : bytes.subarray(dataAt, end),
    });
    at = end;
  }
  return rows;
}
