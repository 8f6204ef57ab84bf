import { connect, type Socket } from 'node:net';

/** One raw connection: what was sent back so far, and waiting for more with a deadline. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket;
  text = '';
  closed = false;
  private readonly waiting = new Set<() => void>();

  constructor(port: number, from = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from });
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
      this.wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  send(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    return this;
  }

  /** Resolves with everything received once it satisfies `done`; rejects after the deadline, saying what came. */
  async until(done: (text: string, closed: boolean) => boolean, deadlineMs = 5_000): Promise<string> {
    const endMs = performance.now() + deadlineMs;
    while (!done(this.text, this.closed)) {
      const leftMs = endMs - performance.now();
      if (this.closed || leftMs <= 0) {
        const how = this.closed ? 'it was closed' : `nothing of the kind after ${deadlineMs} ms`;
        throw new Error(`${how}; received: ${JSON.stringify(this.text.slice(-2_000))}`);
      }
      await this.change(leftMs);
    }
    return this.text;
  }

  untilClosed(deadlineMs?: number): Promise<string> {
    return this.until((_text, closed) => closed, deadlineMs);
  }

  untilText(part: string, deadlineMs?: number): Promise<string> {
    return this.until((text) => text.includes(part), deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    if (!this.closed) await this.untilClosed();
  }

  private change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, withinMs);
      const { waiting } = this;
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}

/** Status codes of all answers in what a connection received. */
export function statusCodes(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));
}

/** Waits for a condition without events of its own. */
export async function eventually(isSo: () => boolean, what: string, deadlineMs = 5_000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
