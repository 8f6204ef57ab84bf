import { CarillonError } from '@carillon/core';
import type { CommandContext, Database, PostRow } from '../../state/index.ts';
import { loadOrganizationSettings } from '../organization/settings.ts';
import type { PostBody } from './messages.ts';

/** Throws `forbidden` where the organisation's settings let nobody edit, or not any more. */
export async function requireEditable({ db, now }: CommandContext, { created_at }: PostRow): Promise<void> {
  const { editing, editLimitSeconds: limit } = await loadOrganizationSettings(db);
  if (!editing) throw new CarillonError('forbidden', 'this community lets nobody edit posts');
  if (limit === null || now - created_at <= limit * 1_000) return;
  throw new CarillonError('forbidden', `a post may be edited for ${limit} seconds`, { facts: { limit } });
}

/** Throws `too-large` for a text or a topic that is longer than the organisation's settings allow. */
export async function requireFits(db: Database, { text }: Pick<PostBody, 'text'>, topic = ''): Promise<void> {
  const { maxPostLength, maxTopicLength } = await loadOrganizationSettings(db);
  if (maxPostLength !== null && lengthOf(text) > maxPostLength) throw tooLong('post', maxPostLength);
  if (lengthOf(topic) > maxTopicLength) throw tooLong('topic', maxTopicLength);
}

/** Characters as people count them roughly, not halves of them. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function tooLong(what: string, limit: number): CarillonError {
  return new CarillonError('too-large', `a ${what} has at most ${limit} characters here`, { facts: { limit } });
}
