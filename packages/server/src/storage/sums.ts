import { crc32 } from 'node:zlib';
import type { SqlValue } from './driver.ts';

/**
 * CRC-32 over a row's values, each with its type and length, so that no two rows read as the same bytes.
 * `seed` names the table: a row that turns up in another table fails.
 */
export function sumValues(seed: string, values: readonly SqlValue[]): number {
  let text = seed;
  let sum = 0;
  for (const value of values) {
    if (value === null) text += '\0n';
    else if (typeof value === 'string') text += `\0s${value.length}:${value}`;
    else if (typeof value === 'number' || typeof value === 'bigint') text += `\0i${value}`;
    else {
      const bytes = bytesOf(value);
      sum = crc32(bytes, crc32(`${text}\0b${bytes.byteLength}:`, sum));
      text = '';
    }
  }
  return crc32(text, sum);
}

function bytesOf(value: NodeJS.ArrayBufferView): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
