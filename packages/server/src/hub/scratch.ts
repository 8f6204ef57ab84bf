/** Smaller copies come cheaper from Buffer's own pool, and would keep a whole scratch buffer alive where they wait. */
const LEAST_BYTES = 8_192;
const MOST_BYTES = 131_072;

/** Room for bytes that one reader alone gets, used again at once when the network has taken them. */
export class Scratch {
  #room: Buffer | undefined;

  /** Room of so many bytes, for one write. */
  take(bytes: number): Buffer {
    if (bytes < LEAST_BYTES || bytes > MOST_BYTES) return Buffer.allocUnsafe(bytes);
    this.#room ??= Buffer.allocUnsafeSlow(MOST_BYTES);
    return this.#room.subarray(0, bytes);
  }

  /** Whoever was given this still holds it. */
  keep({ buffer }: Buffer): void {
    if (buffer === this.#room?.buffer) this.#room = undefined;
  }
}
