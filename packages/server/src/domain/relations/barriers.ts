import { CarillonError } from '@carillon/core';
import { type Database, type FollowRow, relations } from '../../state/index.ts';
import type { Party } from '../community/parties.ts';

/** Whether one of the two has blocked the other. */
async function isBlocked(db: Database, one: number, other: number): Promise<boolean> {
  const kind = 'block';
  if (await relations.get(db, { account: one, target: other, kind })) return true;
  return (await relations.get(db, { account: other, target: one, kind })) !== undefined;
}

/** Throws `forbidden` for whoever may not even ask to follow: oneself, across a block, outcasts. */
export async function requireFollowable(
  db: Database,
  actor: number,
  target: Party,
  row: FollowRow | undefined,
): Promise<void> {
  if (target.channel.owner === actor) throw new CarillonError('forbidden', 'nobody follows their own channel');
  if (row?.affiliation === 'outcast') throw new CarillonError('forbidden', 'this channel has cast you out');
  if (await isBlocked(db, actor, target.id)) throw new CarillonError('forbidden', 'there is a block between you');
}

export type Admission = 'subscribed' | 'pending' | 'refused';

/** What becomes of a follow: an invitation or a standing affiliation opens every door. */
export function admission({ channel }: Party, row: FollowRow | undefined): Admission {
  if (row?.state === 'invited' || row?.affiliation === 'owner' || row?.affiliation === 'moderator') return 'subscribed';
  if (channel.access === 'open') return 'subscribed';
  return channel.access === 'authorize' ? 'pending' : 'refused';
}
