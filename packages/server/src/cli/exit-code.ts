import type { ErrorCode } from '@carillon/core';

/** What the process's exit tells a script. Killed by a signal, a shell sees 128 plus its number. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'It worked.' },
  failed: { code: 1, meaning: 'It failed; the message says why.' },
  usage: { code: 2, meaning: 'The command line is wrong: an unknown command or option, a missing argument.' },
  refused: { code: 3, meaning: 'The server refused the credential or what it was used for.' },
  unreachable: { code: 4, meaning: 'No server answered, or it asked to try again later.' },
  gap: { code: 5, meaning: 'Events after the given position are gone.' },
  settings: { code: 78, meaning: 'Settings are wrong; every mistake is listed.' },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

/** An end of a command that its user must act on: one line that says what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exit: ExitName;
  /** More lines, one finding each. */
  readonly lines: readonly string[];

  constructor(exit: ExitName, message: string, lines: readonly string[] = []) {
    super(message);
    this.exit = exit;
    this.lines = lines;
  }
}

/** The exit that fits an error code of the server; foreign codes count as failures. */
export function exitOf(code: string, retryable: boolean): ExitName {
  const refusals: readonly ErrorCode[] = ['unauthorized', 'forbidden'];
  if (refusals.some((refusal) => refusal === code)) return 'refused';
  if (code === 'gap') return 'gap';
  return retryable ? 'unreachable' : 'failed';
}
