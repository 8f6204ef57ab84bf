import { crc32, deflateSync } from 'node:zlib';
import { MISSING_AVATAR, MISSING_HEADER } from '../entities/index.ts';
import type { Rest } from '../http/index.ts';

const AVATAR = plainPng(64, 64);
const HEADER = plainPng(64, 16);
const FOR_A_DAY = 'public, max-age=86400';

/** What accounts without a picture show. */
export function pictureRoutes(rest: Rest): void {
  for (const [path, bytes] of [[MISSING_AVATAR, AVATAR] as const, [MISSING_HEADER, HEADER] as const]) {
    rest.app.get(path, () => {
      const headers = { 'Content-Type': 'image/png', 'Cache-Control': FOR_A_DAY };
      return new Response(bytes, { headers });
    });
  }
}

/** A picture of one grey, 8 bits deep (PNG, ISO/IEC 15948 §§5, 11). */
function plainPng(width: number, height: number): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  // Each line begins with its filter, none.
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(width, 0x9a)]);
  const lines = Buffer.concat(new Array<Buffer>(height).fill(line));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [chunk('IHDR', head), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))];
  return Uint8Array.from(Buffer.concat([signature, ...chunks]));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
