import type { ImageHeader } from './image-header.ts';
import { readImageHeader } from './image-header.ts';

export type MediaType = 'image' | 'video' | 'audio';

export interface FileKind {
  readonly type: MediaType;
  readonly contentType: string;
  /** Of stored names; what is served as what follows from it alone. */
  readonly extension: string;
  readonly image?: ImageHeader;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  flac: 'audio/flac',
};

/** Beginnings by which films and sound are known. */
const SIGNATURES: readonly (readonly [RegExp, MediaType, string])[] = [
  [/^[^]{4}ftyp(?:isom|iso[2-9]|mp4[12]|avc1|M4V |dash|qt {2})/, 'video', 'mp4'],
  [/^\x1aE\xdf\xa3/, 'video', 'webm'],
  [/^(?:ID3|\xff[\xf2\xf3\xfa\xfb])/, 'audio', 'mp3'],
  [/^OggS\0/, 'audio', 'ogg'],
  [/^RIFF[^]{4}WAVE/, 'audio', 'wav'],
  [/^fLaC\0/, 'audio', 'flac'],
];

/** The kinds of files that may be uploaded. */
export const MEDIA_CONTENT_TYPES: readonly string[] = Object.values(CONTENT_TYPES);

/** What a file is by its bytes; names and headers of whoever sends it are never asked. */
export function fileKind(bytes: Buffer): FileKind | undefined {
  const image = readImageHeader(bytes);
  if (image) {
    const extension = image.format === 'jpeg' ? 'jpg' : image.format;
    return { type: 'image', extension, contentType: contentTypeOf(extension), image };
  }
  const start = bytes.toString('latin1', 0, 16);
  const found = SIGNATURES.find(([pattern]) => pattern.test(start));
  if (!found) return undefined;
  const [, type, extension] = found;
  return { type, extension, contentType: contentTypeOf(extension) };
}

/** Of a stored file, by the end of its name. */
export function contentTypeOf(extension: string): string {
  return CONTENT_TYPES[extension] ?? 'application/octet-stream';
}
