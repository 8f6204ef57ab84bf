import { CarillonError } from '@carillon/core';
import type { DecodedImage, ImageJob } from './decode-image.ts';
import { type FileKind, fileKind, MEDIA_CONTENT_TYPES, type MediaType } from './file-kind.ts';
import type { ImageHeader } from './image-header.ts';
import { onlyPixels, withSoundProfile } from './png-chunks.ts';
import { stripMetadata } from './strip-metadata.ts';

export interface MediaLimits {
  readonly maxBytes: number;
  /** Of an image, before it is decoded. */
  readonly maxPixels: number;
}

export interface ProcessedUpload {
  readonly type: MediaType;
  readonly contentType: string;
  readonly extension: string;
  /** What is kept: an image comes without the metadata of its camera. */
  readonly bytes: Uint8Array;
  readonly preview: { readonly bytes: Uint8Array; readonly extension: string } | null;
  /** `{original: {width, height, size, aspect}, small: …}` for images, else empty. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly blurhash: string | null;
}

const PREVIEW_PIXELS = 640 * 360;

/**
 * Finds out what an upload is and proves that it is that. Throws `unprocessable` for other kinds of files, broken
 * images and images with too many pixels, `too-large` for too many bytes.
 */
export async function processUpload(
  bytes: Buffer,
  limits: MediaLimits,
  decode: (job: ImageJob) => Promise<DecodedImage>,
): Promise<ProcessedUpload> {
  if (bytes.length > limits.maxBytes) {
    throw new CarillonError('too-large', `a file is at most ${limits.maxBytes} bytes`, {
      facts: { limit: limits.maxBytes },
    });
  }
  const kind = fileKind(bytes);
  if (!kind) {
    throw new CarillonError('unprocessable', `the file is none of ${MEDIA_CONTENT_TYPES.join(', ')}`);
  }
  if (kind.image) return processImage(bytes, kind, kind.image, limits, decode);
  const { type, contentType, extension } = kind;
  return { type, contentType, extension, bytes, preview: null, meta: {}, blurhash: null };
}

async function processImage(
  bytes: Buffer,
  { type, contentType, extension }: FileKind,
  image: ImageHeader,
  { maxPixels }: MediaLimits,
  decode: (job: ImageJob) => Promise<DecodedImage>,
): Promise<ProcessedUpload> {
  if (image.width * image.height > maxPixels) {
    throw new CarillonError('unprocessable', `an image has at most ${maxPixels} pixels, not ${sizeOf(image)}`);
  }
  const previewType = image.format === 'jpeg' ? 'jpeg' : 'webp';
  const { orientation } = image;
  const isPng = image.format === 'png';
  const shown = isPng ? onlyPixels(bytes) : bytes;
  const decoded = await decode({ bytes: shown, orientation, previewPixels: PREVIEW_PIXELS, previewType });
  const { preview } = decoded;
  return {
    type,
    contentType,
    extension,
    bytes: stripMetadata(isPng ? await withSoundProfile(bytes) : bytes, image),
    preview: preview ? { bytes: preview.bytes, extension: previewType === 'jpeg' ? 'jpg' : 'webp' } : null,
    meta: { original: dimensions(decoded), small: dimensions(preview ?? decoded) },
    blurhash: decoded.blurhash,
  };
}

function dimensions({ width, height }: { readonly width: number; readonly height: number }): object {
  return { width, height, size: sizeOf({ width, height }), aspect: width / height };
}

function sizeOf({ width, height }: { readonly width: number; readonly height: number }): string {
  return `${width}x${height}`;
}
