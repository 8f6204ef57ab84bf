import { CarillonClientError } from '@carillon/client';
import { CarillonError } from '@carillon/core';
import { CommandFailure, EXIT_CODES, exitOf } from './exit-code.ts';

/** Where a command writes and what it was started with. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Buffer>;
  /** Results: one line each. */
  readonly out: (line: string) => void;
  /** Everything else. */
  readonly err: (line: string) => void;
  /** Fires when the reader of `out` has gone. */
  readonly signal: AbortSignal;
}

export interface JsonOption {
  readonly json?: boolean;
}

/** Whatever ended a command, as a failure with a line that says what to do. */
export function toFailure(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof CarillonClientError)
    return new CommandFailure(exitOf(error.code, error.retryable), error.message);
  if (error instanceof CarillonError) return new CommandFailure(exitOf(error.code, false), error.message);
  const address = listenFailure(error);
  if (address) return address;
  if (error instanceof TypeError && error.message === 'fetch failed') return unreachable(error);
  return new CommandFailure('failed', error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** Writes the failure, as text or as one JSON line, and gives the exit code. */
export function tellFailure(context: CliContext, failure: CommandFailure, options: JsonOption): number {
  const { code } = EXIT_CODES[failure.exit];
  if (options.json) {
    const { message, lines, exit } = failure;
    context.err(JSON.stringify({ error: { exit, code, message, ...(lines.length > 0 ? { lines } : {}) } }));
  } else {
    context.err(`carillon: ${failure.message}`);
    for (const line of failure.lines) context.err(`  ${line}`);
  }
  return code;
}

function unreachable(error: TypeError): CommandFailure {
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new CommandFailure(
    'unreachable',
    `no server answers${code}; start one with "carillon dev", or name its address with --url`,
  );
}

function listenFailure(error: unknown): CommandFailure | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error) || error.syscall !== 'listen')
    return undefined;
  const place = 'port' in error ? `port ${String(error.port)}` : 'the address';
  if (error.code === 'EADDRINUSE') {
    return new CommandFailure(
      'failed',
      `${place} is taken; stop what listens there, or choose another with --port and --internal-port`,
    );
  }
  if (error.code === 'EACCES')
    return new CommandFailure('failed', `${place} needs rights that this user lacks; choose one above 1023`);
  return new CommandFailure(
    'failed',
    `cannot listen on ${place} (${String(error.code)}); choose another --host or --port`,
  );
}
