import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createImageDecoder } from './decode-image.ts';
import { contentTypeOf } from './file-kind.ts';
import { type MediaLimits, type ProcessedUpload, processUpload } from './process-upload.ts';
import { createUploadRoom, type UploadRoom } from './upload-room.ts';

/** A file that is kept; its names are what `createMedia` wants. */
export interface StoredMedia extends Pick<ProcessedUpload, 'type' | 'contentType' | 'meta' | 'blurhash'> {
  readonly file: string;
  readonly preview: string | null;
  /** Of the file and its preview together. */
  readonly bytes: number;
}

export interface MediaFile {
  readonly path: string;
  readonly contentType: string;
  readonly bytes: number;
}

export interface MediaStore extends UploadRoom {
  /**
   * Checks and keeps an upload; it is on stable storage when this resolves. Images of one owner are read one after the
   * other. Throws as `processUpload`, and `rate-limited` when too many images wait.
   */
  save(bytes: Buffer, owner: string): Promise<StoredMedia>;
  /** A kept file by its name, for whoever serves it. */
  find(name: string): Promise<MediaFile | undefined>;
  /** Removes files by name; those that are gone already do not matter. */
  remove(names: readonly string[]): Promise<void>;
  /** Names of files that were written before a time (milliseconds since 1970), and what a crash left half written. */
  writtenBefore(time: number): Promise<readonly string[]>;
}

export interface MediaStoreSettings extends MediaLimits {
  readonly directory: string;
  /** Of all uploads under way together. */
  readonly maxUploadBytes: number;
}

/** 128 random bits: whoever was not given an address does not find it. */
const NAME = /^[0-9a-f]{32}\.([a-z0-9]{3,4})$/;
const HALF_WRITTEN = '.part';

/** Uploaded files in one folder, under names that nobody can guess. */
export function createMediaStore({ directory, maxUploadBytes, ...limits }: MediaStoreSettings): MediaStore {
  const decoder = createImageDecoder(limits.maxPixels);
  return {
    hold: createUploadRoom(maxUploadBytes).hold,
    async save(bytes, owner) {
      const upload = await processUpload(bytes, limits, (job) => decoder.decode(job, owner));
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = await keep(directory, upload.bytes, upload.extension);
      const { preview, type, contentType, meta, blurhash } = upload;
      const small = preview && (await keep(directory, preview.bytes, preview.extension));
      await syncFolder(directory);
      const size = upload.bytes.length + (preview?.bytes.length ?? 0);
      return { type, contentType, meta, blurhash, file, preview: small, bytes: size };
    },
    async find(name) {
      const [, extension] = NAME.exec(name) ?? [];
      if (extension === undefined) return undefined;
      const path = join(directory, name);
      const found = await stat(path).catch(absent);
      return found && { path, contentType: contentTypeOf(extension), bytes: found.size };
    },
    async remove(names) {
      const known = names.filter((name) => NAME.test(name) || name.endsWith(HALF_WRITTEN));
      for (const name of known) await rm(join(directory, name), { force: true });
    },
    async writtenBefore(time) {
      const old: string[] = [];
      for (const name of (await readdir(directory).catch(absent)) ?? []) {
        const found = await stat(join(directory, name)).catch(absent);
        if (found?.isFile() && found.mtimeMs < time) old.push(name);
      }
      return old;
    },
  };
}

async function keep(directory: string, bytes: Uint8Array, extension: string): Promise<string> {
  const name = `${randomBytes(16).toString('hex')}.${extension}`;
  const part = join(directory, `${name}${HALF_WRITTEN}`);
  const file = await open(part, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, join(directory, name));
  return name;
}

async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
