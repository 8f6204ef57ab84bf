import { isPassword } from '../../../auth/index.ts';
import { accountByName, signInFacts } from '../../../domain/index.ts';
import type { MastodonDependencies } from '../dependencies.ts';
import { FIVE_MINUTES, type RateLimiter } from '../http/index.ts';

export type SignIn =
  | { readonly outcome: 'account'; readonly account: number }
  | { readonly outcome: 'wrong' | 'suspended' | 'too-many' };

/** Wrong passwords from one address, and for one account. */
const BY_ADDRESS = { calls: 25, windowMs: FIVE_MINUTES };
const BY_ACCOUNT = { calls: 10, windowMs: FIVE_MINUTES };

/** Checks a password for an e-mail address or the name of an account. Takes as long for accounts that there are not. */
export async function signIn(
  { commands }: Pick<MastodonDependencies, 'commands'>,
  limiter: RateLimiter,
  { name, password, address }: { readonly name: string; readonly password: string; readonly address: string },
): Promise<SignIn> {
  const email = await emailOf(commands, name);
  const byAddress = `sign-in:${address}`;
  const byAccount = `sign-in-to:${email}`;
  // Taken before the password is looked at, so that many tries at once count too. An address that has none left takes
  // none of the account's: it would only keep its owner out.
  if (!limiter.take(byAddress, BY_ADDRESS).allowed) return { outcome: 'too-many' };
  if (!limiter.take(byAccount, BY_ACCOUNT).allowed) return { outcome: 'too-many' };
  const { rows: facts } = await commands.query(signInFacts, { email });
  if (!(await isPassword(password, facts?.password ?? null)) || !facts) return { outcome: 'wrong' };
  limiter.giveBack(byAddress, BY_ADDRESS);
  limiter.giveBack(byAccount, BY_ACCOUNT);
  return facts.suspended ? { outcome: 'suspended' } : { outcome: 'account', account: facts.account };
}

async function emailOf(commands: MastodonDependencies['commands'], name: string): Promise<string> {
  const text = name.trim().toLowerCase().slice(0, 254);
  if (text.includes('@')) return text;
  const { rows: account } = await commands.query(accountByName, { name: text });
  return account?.email || text;
}
