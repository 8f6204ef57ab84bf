import type { AccountRow } from '../../state/index.ts';

/** An account as administrators and the account itself may see it. */
export type AccountView = Omit<AccountRow, 'password'>;

export function toView({ password: _, ...view }: AccountRow): AccountView {
  return view;
}
