import { toErrorValue } from '@carillon/core';
import { type Commands, type DueScheduled, dueScheduled, failScheduled, sendScheduled } from '../domain/index.ts';

export interface SendDependencies {
  readonly commands: Commands;
  readonly now: () => number;
  /** Hears of what is the server's fault; the post is tried again. */
  readonly failed: (error: unknown) => void;
}

const AT_ONCE = 50;

/**
 * Sends everything that is due, in order, as long as `goOn` says so. What cannot be posted any more is kept with the
 * reason. Tells whether everything was settled: what is not is to be tried again.
 */
export async function sendDue(deps: SendDependencies, goOn: () => Promise<boolean>): Promise<boolean> {
  let after: DueScheduled = { id: 0, dueAt: 0 };
  let isSettled = true;
  while (await goOn()) {
    const { rows } = await deps.commands.query(dueScheduled, { now: deps.now(), after, limit: AT_ONCE });
    const last = rows.at(-1);
    if (!last) return isSettled;
    for (const { id } of rows) if (!(await settle(deps, id))) isSettled = false;
    after = last;
  }
  return isSettled;
}

/** A repeat after an unknown outcome finds the post made, and makes no other. */
async function settle({ commands, now, failed }: SendDependencies, id: number): Promise<boolean> {
  const asked = { id, now: now() };
  try {
    await commands.run(sendScheduled, asked);
    return true;
  } catch (error) {
    const { code, message } = toErrorValue(error);
    switch (code) {
      case 'not-found':
      case 'forbidden':
      case 'unauthorized':
      case 'unprocessable':
      case 'conflict':
      case 'gone':
      case 'too-large':
      case 'bad-request':
        await commands.run(failScheduled, { ...asked, reason: message });
        return true;
      default:
        failed(error);
        return false;
    }
  }
}
