import { parentPort, workerData } from 'node:worker_threads';
import { PhotonImage, resize, SamplingFilter } from '@silvia-odwyer/photon-node';
import { encode } from 'blurhash';
import type { DecodedImage, ImageJob } from './decode-image.ts';
import { upright } from './upright.ts';

/** Pixels on each side of what the blur is made from. */
const BLUR_SIDE = 32;

// The job comes with the thread, which ends with it: a decoder that fell over is not used again.
const { bytes, orientation, previewPixels, previewType }: ImageJob = workerData;
parentPort?.postMessage(decode());

function decode(): DecodedImage {
  const image = PhotonImage.new_from_byteslice(bytes);
  const [storedWidth, storedHeight] = [image.get_width(), image.get_height()];
  const scale = Math.min(1, Math.sqrt(previewPixels / (storedWidth * storedHeight)));
  const small = scaled(image, storedWidth * scale, storedHeight * scale);
  const turned = upright(small, orientation);
  const preview = new PhotonImage(turned.pixels, turned.width, turned.height);
  const blurred = scaled(preview, BLUR_SIDE, BLUR_SIDE);
  return {
    width: orientation > 4 ? storedHeight : storedWidth,
    height: orientation > 4 ? storedWidth : storedHeight,
    blurhash: encode(new Uint8ClampedArray(blurred.pixels), blurred.width, blurred.height, 4, 3),
    ...(scale < 1 ? { preview: { bytes: encoded(preview), width: turned.width, height: turned.height } } : {}),
  };
}

function encoded(image: PhotonImage): Uint8Array {
  return previewType === 'jpeg' ? image.get_bytes_jpeg(85) : image.get_bytes_webp();
}

function scaled(
  image: PhotonImage,
  width: number,
  height: number,
): { readonly pixels: Uint8Array; readonly width: number; readonly height: number } {
  const [wide, high] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  const small = resize(image, wide, high, SamplingFilter.Triangle);
  return { pixels: small.get_raw_pixels(), width: small.get_width(), height: small.get_height() };
}
