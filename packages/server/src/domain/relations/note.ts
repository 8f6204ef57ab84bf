import { CarillonError } from '@carillon/core';
import { accountNotes, type CommandContext } from '../../state/index.ts';
import { requireActor, requireParty } from '../community/parties.ts';
import { requireRoom } from './bounds.ts';
import type { Relationship } from './messages.ts';
import { relationshipWith } from './relationships.ts';

const MAX_LENGTH = 2_000;

/** A private remark about somebody; an empty one is none. No stream tells it, not even to its author. */
export async function writeNote(
  context: CommandContext,
  { actor, target, text }: { readonly actor: number; readonly target: number; readonly text: string },
): Promise<Relationship> {
  const { db } = context;
  await requireActor(db, actor);
  await requireParty(db, target);
  if (text.length > MAX_LENGTH) throw new CarillonError('unprocessable', `a note has at most ${MAX_LENGTH} characters`);
  const key = { account: actor, target };
  if (text !== '' && !(await accountNotes.get(db, key))) await requireRoom(db, 'notes', actor);
  if (text === '') await accountNotes.remove(db, key);
  else await accountNotes.put(db, { ...key, text });
  return relationshipWith(context, actor, target);
}
