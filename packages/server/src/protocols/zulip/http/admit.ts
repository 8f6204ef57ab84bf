import type { Principal } from '@carillon/core';
import type { ZulipDependencies } from '../dependencies.ts';
import { identify } from './basic.ts';
import type { Access } from './endpoint.ts';
import { notPermitted, toRefusal } from './failure.ts';
import type { Counted } from './limits.ts';

/** What a request says of who sends it. */
export interface Asker {
  /** The header. */
  readonly authorization: string | undefined;
  /** The client's, as the transport counts it. */
  readonly address: string;
}

/** Who asks, once that is known, counted, and allowed to; throws in the words of the protocol. */
export async function admit(
  deps: Pick<ZulipDependencies, 'authenticator' | 'settings'>,
  { authorization, address }: Asker,
  access: Exclude<Access, 'anyone'>,
  count: (counted: Counted) => void,
): Promise<Principal & { readonly account: number }> {
  const principal = await identify(deps, authorization).catch((error: unknown) => {
    if (toRefusal(error).manner.status === 401) count({ kind: 'refused', address });
    throw error;
  });
  const { account, scopes } = principal;
  if (account === undefined) throw new Error('an API key of an account without an account');
  count({ kind: 'user', account });
  if (!scopes?.includes(access)) throw notPermitted();
  return { ...principal, account };
}
