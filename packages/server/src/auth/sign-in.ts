import { setTimeout } from 'node:timers/promises';
import { accountByName, signInFacts } from '../domain/index.ts';
import type { Commands } from '../state/index.ts';
import { isPassword } from './password.ts';
import { FIVE_MINUTES, type RateLimiter, type Taken } from './rate-limit.ts';

export type SignIn =
  | { readonly outcome: 'account'; readonly account: number }
  | { readonly outcome: 'wrong' | 'suspended' | 'too-many' };

/** Wrong passwords from one address, and from one address for one account. */
const BY_ADDRESS = { calls: 25, windowMs: FIVE_MINUTES };
const BY_PAIR = { calls: 10, windowMs: FIVE_MINUTES };
/** Those for one account from wherever are never refused: that would keep its owner out. They wait. */
const BY_ACCOUNT = { calls: 1_000, windowMs: FIVE_MINUTES };
const UNHURRIED = 10;
const WAIT_PER_TRY_MS = 250;
const LONGEST_WAIT_MS = 5_000;

interface Attempt {
  readonly name: string;
  readonly password: string;
  /** As limits count it. */
  readonly address: string;
}

interface SignInDeps {
  readonly commands: Pick<Commands, 'query'>;
}

/** Checks a password for an e-mail address or the name of an account. Takes as long for accounts that there are not. */
export async function signIn(
  { commands }: SignInDeps,
  limiter: RateLimiter,
  { name, password, address }: Attempt,
  pause: (ms: number) => Promise<unknown> = setTimeout,
): Promise<SignIn> {
  const email = await emailOf(commands, name);
  const byAddress = `sign-in:${address}`;
  const byPair = `sign-in-from:${address} ${email}`;
  const byAccount = `sign-in-to:${email}`;
  // Taken before the password is looked at, so that many tries at once count too. What is refused slows nobody.
  if (!limiter.take(byAddress, BY_ADDRESS).allowed) return { outcome: 'too-many' };
  if (!limiter.take(byPair, BY_PAIR).allowed) return { outcome: 'too-many' };
  const waitMs = waitAfter(limiter.take(byAccount, BY_ACCOUNT));
  if (waitMs > 0) await pause(waitMs);
  const { rows: facts } = await commands.query(signInFacts, { email });
  if (!(await isPassword(password, facts?.password ?? null)) || !facts) return { outcome: 'wrong' };
  limiter.giveBack(byAddress, BY_ADDRESS);
  limiter.giveBack(byPair, BY_PAIR);
  limiter.giveBack(byAccount, BY_ACCOUNT);
  return facts.suspended ? { outcome: 'suspended' } : { outcome: 'account', account: facts.account };
}

function waitAfter({ limit, remaining }: Taken): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(0, limit - remaining - UNHURRIED) * WAIT_PER_TRY_MS);
}

async function emailOf(commands: SignInDeps['commands'], name: string): Promise<string> {
  const text = name.trim().toLowerCase().slice(0, 254);
  if (text.includes('@')) return text;
  const { rows: account } = await commands.query(accountByName, { name: text });
  return account?.email || text;
}
