import type { AccountView } from '../../../domain/index.ts';
import { type OpenRest, openRest } from './open-rest.ts';

export interface OpenPair {
  readonly rest: OpenRest;
  readonly juliet: AccountView;
  readonly romeo: AccountView;
  /** Juliet's, to read and write. */
  readonly token: string;
  /** Romeo's. */
  readonly other: string;
}

/** The REST calls with two accounts that may read and write. */
export async function openPair(): Promise<OpenPair> {
  const rest = await openRest();
  const [juliet, romeo] = await rest.domain.accounts('juliet', 'romeo');
  const token = await rest.token(juliet.id, 'read', 'write');
  return { rest, juliet, romeo, token, other: await rest.token(romeo.id, 'read', 'write') };
}
