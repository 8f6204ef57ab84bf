import { promisify } from 'node:util';
import { inflate } from 'node:zlib';

interface PngChunk {
  readonly name: string;
  /** With its length and its sum. */
  readonly start: number;
  readonly end: number;
}

/** Without them no pixel is right: the critical ones, and what is transparent (PNG, W3C, §§ 11.2, 11.3.1). */
const OF_PIXELS = /^(?:[A-Z]{4}|tRNS)$/;
const SIGNATURE_BYTES = 8;
const LONGEST_PROFILE_NAME = 79;
/** Of a colour profile as it unpacks; those for printing, the largest, have two. */
const MAX_PROFILE_BYTES = 4 * 1_048_576;

const unpack = promisify(inflate);

/** What stands behind the end belongs to no image. */
function* pngChunks(bytes: Buffer): Iterable<PngChunk> {
  for (let start = SIGNATURE_BYTES; start + 12 <= bytes.length; ) {
    const name = bytes.toString('latin1', start + 4, start + 8);
    const end = start + 12 + bytes.readUInt32BE(start);
    yield { name, start, end };
    if (name === 'IEND') return;
    start = end;
  }
}

/** The image of those chunks alone. */
export function keepChunks(bytes: Buffer, isKept: (chunk: PngChunk) => boolean): Buffer {
  const kept = [...pngChunks(bytes)].filter(isKept).map(({ start, end }) => bytes.subarray(start, end));
  return Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), ...kept]);
}

/** What a decoder must see, which unpacks whatever it is shown: texts and profiles of a few bytes may be gigabytes. */
export function onlyPixels(bytes: Buffer): Buffer {
  return keepChunks(bytes, ({ name }) => OF_PIXELS.test(name));
}

/** The image with at most one colour profile, and only if that unpacks to one. */
export async function withSoundProfile(bytes: Buffer): Promise<Buffer> {
  const profile = [...pngChunks(bytes)].find(({ name }) => name === 'iCCP');
  if (!profile) return bytes;
  const isSound = await unpacks(bytes.subarray(profile.start + 8, profile.end - 4));
  return keepChunks(bytes, ({ name, start }) => name !== 'iCCP' || (isSound && start === profile.start));
}

/** A name, a zero, the way of packing, and what is packed (PNG § 11.3.2.3). */
async function unpacks(data: Buffer): Promise<boolean> {
  const nameEnd = data.subarray(0, LONGEST_PROFILE_NAME + 1).indexOf(0);
  if (nameEnd < 1 || data[nameEnd + 1] !== 0) return false;
  return unpack(data.subarray(nameEnd + 2), { maxOutputLength: MAX_PROFILE_BYTES }).then(
    () => true,
    () => false,
  );
}
