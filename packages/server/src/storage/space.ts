import { statfsSync } from 'node:fs';
import type { CarillonError } from '@carillon/core';
import { storageFull } from './faults.ts';

const CHECK_MS = 250;

/** Keeps some of the file system free, so that what frees space can still be written. */
export class SpaceReserve {
  readonly #directory: string;
  readonly #reserveBytes: number;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #shortage: CarillonError | undefined;

  constructor(directory: string, reserveBytes: number) {
    this.#directory = directory;
    this.#reserveBytes = reserveBytes;
  }

  /** What to answer while there is too little; looked at a few times a second. */
  shortage(): CarillonError | undefined {
    if (this.#reserveBytes === 0) return undefined;
    const now = performance.now();
    if (now - this.#checkedAt < CHECK_MS) return this.#shortage;
    this.#checkedAt = now;
    this.#shortage = this.#look();
    return this.#shortage;
  }

  #look(): CarillonError | undefined {
    try {
      const { bavail, bsize } = statfsSync(this.#directory);
      const free = bavail * bsize;
      if (free >= this.#reserveBytes) return undefined;
      return storageFull(`${free} bytes are free, ${this.#reserveBytes} are kept in reserve`, this.#directory);
    } catch (error) {
      return storageFull(error, this.#directory);
    }
  }
}
