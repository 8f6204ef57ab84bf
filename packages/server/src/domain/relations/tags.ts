import { CarillonError } from '@carillon/core';
import { accountTopic, announce, type CommandContext, followedTags, numberOf, statement } from '../../state/index.ts';
import { normalizeTag } from '../body/tags.ts';
import { requireActor } from '../community/parties.ts';

/** Each is a topic of the account's home, in memory while it is connected. */
const MAX_TAGS = 1_000;

const countTags = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('followed_tags')
    .select((is) => is.fn.countAll().as('n'))
    .where('account', '=', account),
);

/** Following twice changes nothing, and neither does letting go what is not followed. */
export async function followOneTag(
  context: CommandContext,
  { actor, tag: written, on }: { readonly actor: number; readonly tag: string; readonly on: boolean },
): Promise<undefined> {
  const { db } = context;
  await requireActor(db, actor);
  const tag = normalizeTag(written);
  if (tag === '') throw new CarillonError('unprocessable', `"${written.slice(0, 100)}" is not a tag`);
  const key = { account: actor, tag };
  const before = await followedTags.get(db, key);
  if (on === (before !== undefined)) return;
  if (on && (await numberOf(db, countTags, { account: actor })) >= MAX_TAGS) {
    throw new CarillonError('unprocessable', `an account follows at most ${MAX_TAGS} tags`);
  }
  const position = announce(context, {
    type: on ? 'tag.followed' : 'tag.unfollowed',
    topics: [accountTopic(actor)],
    actor: String(actor),
    routing: { author: actor },
    subjects: [`account:${actor}`],
    data: key,
  });
  if (on) await followedTags.insert(db, { ...key, since_position: position, id: context.nextId() });
  else await followedTags.remove(db, key);
}
