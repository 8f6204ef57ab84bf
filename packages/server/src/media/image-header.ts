export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp';

export interface ImageHeader {
  readonly format: ImageFormat;
  /** As stored, before `orientation` is applied. */
  readonly width: number;
  readonly height: number;
  /** Exif's, 1 (upright) to 8; JPEG only. */
  readonly orientation: number;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const ORIENTATION_TAG = 0x0112;

/** Reads what kind of image these bytes say they are and its size, without decoding; `undefined` for anything else. */
export function readImageHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.subarray(0, 8).equals(PNG)) return pngHeader(bytes);
  if (bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8) return jpegHeader(bytes);
  const start = bytes.toString('latin1', 0, 16);
  if (/^GIF8[79]a/.test(start) && bytes.length >= 10) {
    return sized('gif', bytes.readUInt16LE(6), bytes.readUInt16LE(8));
  }
  if (start.startsWith('RIFF') && start.startsWith('WEBPVP8', 8)) return webpHeader(bytes);
  return undefined;
}

/** A JPEG's segments up to its image data (ITU T.81 annex B): marker, place and length with the marker. */
export function* jpegSegments(
  bytes: Buffer,
): Iterable<{ readonly marker: number; readonly start: number; readonly end: number }> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes.readUInt8(at + 1);
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length || end < at + 4) return;
    yield { marker, start: at, end };
    if (marker === 0xda) return;
    at = end;
  }
}

function pngHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return sized('png', bytes.readUInt32BE(16), bytes.readUInt32BE(20));
}

function jpegHeader(bytes: Buffer): ImageHeader | undefined {
  let orientation = 1;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === 0xe1) orientation = exifOrientation(bytes.subarray(start + 4, end)) ?? orientation;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && end - start >= 9) {
      const header = sized('jpeg', bytes.readUInt16BE(start + 7), bytes.readUInt16BE(start + 5));
      return header && { ...header, orientation };
    }
  }
  return undefined;
}

/** From the first directory of Exif's TIFF (CIPA DC-008 §4.6). */
function exifOrientation(exif: Buffer): number | undefined {
  if (exif.length < 14 || exif.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  const tiff = exif.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return undefined;
  const entries = u16(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.length) return undefined;
    if (u16(at) !== ORIENTATION_TAG) continue;
    const value = u16(at + 8);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** RFC 9649 §2. */
function webpHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 30) return undefined;
  const u24 = (at: number): number => bytes.readUIntLE(at, 3);
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return sized('webp', u24(24) + 1, u24(27) + 1);
    case 'VP8 ':
      return sized('webp', bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff);
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return sized('webp', (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    default:
      return undefined;
  }
}

function sized(format: ImageFormat, width: number, height: number): ImageHeader | undefined {
  return width > 0 && height > 0 ? { format, width, height, orientation: 1 } : undefined;
}
