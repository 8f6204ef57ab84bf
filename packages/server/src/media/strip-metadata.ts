import { type ImageHeader, jpegSegments } from './image-header.ts';
import { keepChunks } from './png-chunks.ts';

/** Ancillary chunks of PNG that say how it looks; others tell of its maker, its place or its time. */
const PNG_KEPT = /^(?:[A-Z]{4}|tRNS|gAMA|cHRM|sRGB|iCCP|cICP|sBIT|bKGD|pHYs|acTL|fcTL|fdAT)$/;
const WEBP_DROPPED = new Set(['EXIF', 'XMP ']);
const EXIF_AND_XMP_FLAGS = 0x0c;

/** The image without what tells where, when and with what it was taken; its pixels and colours stay as they are. */
export function stripMetadata(bytes: Buffer, { format, orientation }: ImageHeader): Buffer {
  switch (format) {
    case 'jpeg':
      return stripJpeg(bytes, orientation);
    case 'png':
      return keepChunks(bytes, ({ name }) => PNG_KEPT.test(name));
    case 'webp':
      return stripWebp(bytes);
    case 'gif':
      return bytes;
  }
}

function stripJpeg(bytes: Buffer, orientation: number): Buffer {
  const kept = [bytes.subarray(0, 2), ...(orientation === 1 ? [] : [orientationSegment(orientation)])];
  let rest = 2;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (!isPrivate(bytes, marker, start)) kept.push(bytes.subarray(start, end));
    rest = end;
  }
  return Buffer.concat([...kept, bytes.subarray(rest)]);
}

/** Comments, and application segments but JFIF, colour profiles and Adobe's colour transform. */
function isPrivate(bytes: Buffer, marker: number, start: number): boolean {
  if (marker === 0xfe) return true;
  if (marker < 0xe0 || marker > 0xef || marker === 0xe0 || marker === 0xee) return false;
  return !(marker === 0xe2 && bytes.toString('latin1', start + 4, start + 15) === 'ICC_PROFILE');
}

/** An Exif segment that says nothing else (big-endian TIFF, one entry). */
function orientationSegment(orientation: number): Buffer {
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0];
  const body = [...Buffer.from('Exif\0\0', 'latin1'), ...tiff];
  return Buffer.from([0xff, 0xe1, 0, body.length + 2, ...body]);
}

function stripWebp(bytes: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (!WEBP_DROPPED.has(name)) {
      const chunk = bytes.subarray(at, end);
      kept.push(name === 'VP8X' && length > 0 ? withoutFlags(chunk) : chunk);
    }
    at = end;
  }
  const body = Buffer.concat(kept);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}

function withoutFlags(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy.writeUInt8(copy.readUInt8(8) & ~EXIF_AND_XMP_FLAGS, 8);
  return copy;
}
