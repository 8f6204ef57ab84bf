import { CarillonError } from '@carillon/core';

/** An upload that is about to be read into memory. */
export interface ComingUpload {
  readonly owner: string;
  /** The request's; without one it may be as long as it may. */
  readonly contentLength: string | undefined;
  readonly atMost: number;
}

export interface UploadRoom {
  /**
   * Does what reads an upload and keeps it, while it counts. Throws `unavailable` where it does not fit beside those
   * under way, its owner's in a quarter of the room; what is larger than all of it goes alone.
   */
  hold<Result>(upload: ComingUpload, work: () => Promise<Result>): Promise<Result>;
}

const RETRY_AFTER_SECONDS = 10;

/** Room for so many bytes of all uploads together. */
export function createUploadRoom(maxBytes: number): UploadRoom {
  const held = new Map<string, number>();
  let all = 0;
  return {
    async hold({ owner, contentLength, atMost }, work) {
      const bytes = Math.min(Number(contentLength ?? atMost), atMost);
      const own = held.get(owner) ?? 0;
      if ((all > 0 && all + bytes > maxBytes) || (own > 0 && own + bytes > maxBytes / 4)) throw full();
      all += bytes;
      held.set(owner, own + bytes);
      try {
        return await work();
      } finally {
        all -= bytes;
        const left = (held.get(owner) ?? 0) - bytes;
        if (left > 0) held.set(owner, left);
        else held.delete(owner);
      }
    },
  };
}

function full(): CarillonError {
  const facts = { retryAfter: RETRY_AFTER_SECONDS };
  return new CarillonError('unavailable', 'too many uploads are under way; send it again later', { facts });
}
