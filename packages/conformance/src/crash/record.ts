import { writeSync } from 'node:fs';

/** What an appender says on its standard output, a line each, before and after every append. */
export type Said =
  | { readonly said: 'opened'; readonly epoch: string; readonly position: number }
  | { readonly said: 'tried'; readonly key: string; readonly size: number }
  | { readonly said: 'acknowledged'; readonly key: string; readonly positions: readonly number[] }
  | { readonly said: 'refused'; readonly key: string; readonly code: string }
  | { readonly said: 'saw'; readonly position: number; readonly text: string };

/** Synchronous, so that a line that was said is in the pipe whatever kills the process next. */
export function say(said: Said): void {
  const line = Buffer.from(`${JSON.stringify(said)}\n`);
  for (let sent = 0; sent < line.length; ) {
    try {
      sent += writeSync(1, line, sent);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

/** Reads whole lines; a last line without its end was never said. */
export function heard(text: string): readonly Said[] {
  return (
    text
      .split('\n')
      .slice(0, -1)
      // Said by `say` in a child of ours.
      .map((line) => JSON.parse(line) as Said)
  );
}
