import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { CarillonError } from '@carillon/core';
import { createTurns } from '../turns/index.ts';

export interface ImageJob {
  readonly bytes: Uint8Array;
  /** Exif's. */
  readonly orientation: number;
  /** Larger images get a preview of about so many pixels. */
  readonly previewPixels: number;
  /** WebP keeps what is transparent. */
  readonly previewType: 'jpeg' | 'webp';
}

export interface DecodedImage {
  /** Upright. */
  readonly width: number;
  readonly height: number;
  readonly blurhash: string;
  readonly preview?: { readonly bytes: Uint8Array; readonly width: number; readonly height: number };
}

export interface ImageDecoder {
  /**
   * One image at a time for each owner, and owners in turn. Throws `unprocessable` when the bytes are not a whole image
   * or take too long, `rate-limited` when too many wait.
   */
  decode(job: ImageJob, owner: string): Promise<DecodedImage>;
}

/** What decoding takes for each pixel of an image (four channels of 16 bits, and as 8 bits beside) and for itself. */
const BYTES_PER_PIXEL = 16;
const BYTES_BESIDE = 64 * 1_048_576;
/** Of WebAssembly's memory. */
const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
const TURNS = { atOnce: 2, waiting: 64, waitingPerOwner: 8, what: 'images' };
const JOB_MS = 60_000;

/**
 * Decodes images in threads of their own, one for each, so that neither memory nor a broken decoder is kept. A decoder
 * gets the memory that so many pixels take and no more: what an image packs beside them (a colour profile, a second
 * size further in) may unpack to thousands of times its bytes.
 */
export function createImageDecoder(maxPixels: number): ImageDecoder {
  const pages = Math.min(MOST_PAGES, Math.ceil((maxPixels * BYTES_PER_PIXEL + BYTES_BESIDE) / PAGE_BYTES));
  const turns = createTurns(TURNS);
  return { decode: (job, owner) => turns.take(owner, () => inThread(job, pages)) };
}

async function inThread(job: ImageJob, pages: number): Promise<DecodedImage> {
  // The only bound that there is for it; WebAssembly asks for it whenever its memory grows.
  setFlagsFromString(`--wasm-max-mem-pages=${pages}`);
  const root = new URL(`./image-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  const thread = new Worker(root, { name: 'carillon-image', workerData: job, stdout: true, stderr: true });
  const late = setTimeout(() => void thread.terminate(), JOB_MS);
  try {
    return await answerOf(thread);
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}

function answerOf(thread: Worker): Promise<DecodedImage> {
  return new Promise((resolve, reject) => {
    const refuse = (cause?: unknown): void =>
      reject(new CarillonError('unprocessable', 'the image cannot be read to its end', { cause }));
    thread.once('message', resolve);
    thread.once('error', refuse);
    thread.once('exit', () => refuse());
  });
}
