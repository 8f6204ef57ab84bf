import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './mounts.ts';

const BLOCK_BYTES = 32;
const SOURCE = fileURLToPath(new URL('./inject.c', import.meta.url));
const SLOT = { sync: 0, write: 4 } as const;

export type FaultKind = keyof typeof SLOT;
const { EIO, ENOSPC, EROFS } = constants.errno;
const ERRNO = { EIO, ENOSPC, EROFS } as const;

export type FaultError = keyof typeof ERRNO;

/** Makes calls of a process fail from outside, while it runs. */
export class Injector {
  readonly env: Readonly<Record<string, string>>;
  readonly #block: number;

  /** Builds the preloaded library in `scratch`; files below `below` are concerned. */
  constructor(scratch: string, below: string) {
    const library = join(scratch, 'inject.so');
    const path = join(scratch, 'inject.block');
    run('gcc', '-shared', '-fPIC', '-O2', '-o', library, SOURCE, '-ldl');
    writeFileSync(path, Buffer.alloc(BLOCK_BYTES));
    this.#block = openSync(path, 'r+');
    this.env = { LD_PRELOAD: library, FAULT_BLOCK: path, FAULT_BELOW: below };
  }

  /** From now on every nth call of this kind fails. */
  arm(kind: FaultKind, error: FaultError, everyNth = 1): void {
    this.#put(SLOT[kind], [ERRNO[error], everyNth, 0, 0]);
  }

  disarm(kind: FaultKind): void {
    this.#put(SLOT[kind], [0]);
  }

  /** Calls that failed since the fault was armed. */
  failed(kind: FaultKind): number {
    const bytes = Buffer.alloc(BLOCK_BYTES);
    readSync(this.#block, bytes, 0, BLOCK_BYTES, 0);
    return bytes.readInt32LE((SLOT[kind] + 3) * 4);
  }

  close(): void {
    closeSync(this.#block);
  }

  #put(slot: number, values: readonly number[]): void {
    // The last number first: the error is what switches the fault on.
    for (const [offset, value] of [...values.entries()].toReversed()) {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(value);
      writeSync(this.#block, bytes, 0, 4, (slot + offset) * 4);
    }
  }
}
