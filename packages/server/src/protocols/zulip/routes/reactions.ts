import { toErrorValue } from '@carillon/core';
import * as z from 'zod';
import { customEmojiNow, react, reactionsOf } from '../../../domain/index.ts';
import { emojiNamed, emojiWithCode } from '../entities/index.ts';
import { type Call, type Endpoint, endpoint, optional, Refusal, text } from '../http/index.ts';
import { theMessage } from './messages.ts';

const kind = optional(
  text('`unicode_emoji` or `realm_emoji`.', z.enum(['unicode_emoji', 'realm_emoji', 'zulip_extra_emoji'])),
);
const code = optional(text('Its code points in hexadecimal, or the id of one of the community.'));

/** Reactions (zulip.com/api/add-reaction). */
export const reactionEndpoints: readonly Endpoint[] = [
  endpoint('POST /messages/:id/reactions', {
    access: 'write',
    about: 'Reacts to a message.',
    parameters: { emoji_name: text('The name of an emoji.'), emoji_code: code, reaction_type: kind },
    run: async (call, { emoji_name: name, emoji_code, reaction_type }) => {
      const { post } = await theMessage(call);
      const emoji = await findEmoji(call, { name, code: emoji_code, kind: reaction_type });
      await set(call, post.id, { emoji, name, on: true });
      return {};
    },
  }),
  endpoint('DELETE /messages/:id/reactions', {
    access: 'write',
    about: 'Takes a reaction back.',
    parameters: { emoji_name: optional(text('The name of an emoji.')), emoji_code: code, reaction_type: kind },
    run: async (call, { emoji_name: name, emoji_code, reaction_type }) => {
      if (name === undefined && emoji_code === undefined) {
        throw new Refusal('At least one of the following arguments must be present: emoji_name, emoji_code');
      }
      const { post } = await theMessage(call);
      const own = emoji_code === undefined ? await ownNamed(call, post.id, name) : undefined;
      const emoji = own ?? (await findEmoji(call, { name, code: emoji_code, kind: reaction_type }));
      await set(call, post.id, { emoji, on: false });
      return {};
    },
  }),
];

interface Wanted {
  readonly name: string | undefined;
  readonly code: string | undefined;
  readonly kind: string | undefined;
}

/** A code says more than a name; names of the community's own emoji come before the others. */
async function findEmoji(call: Call, { name = '', code: wanted, kind: of }: Wanted): Promise<string> {
  if (of !== 'unicode_emoji') {
    const own = (await call.query(customEmojiNow, {})).find(
      (each) => !each.deactivated && (wanted === undefined ? each.name === name : String(each.id) === wanted),
    );
    if (own) return `custom:${own.id}`;
  }
  const emoji = of === 'realm_emoji' ? undefined : wanted === undefined ? emojiNamed(name) : emojiWithCode(wanted);
  if (emoji !== undefined) return emoji;
  throw wanted === undefined ? new Refusal(`Emoji '${name}' does not exist`) : new Refusal('Invalid emoji code.');
}

/** One that whoever asks has reacted with under this name, whatever it may mean now. */
async function ownNamed(call: Call, post: number, name: string | undefined): Promise<string | undefined> {
  const [found] = await call.query(reactionsOf, { viewer: call.viewer, posts: [post] });
  return found?.reactions.find((each) => each.account === call.viewer && each.name === name)?.emoji;
}

async function set(
  call: Call,
  id: number,
  reaction: { readonly emoji: string; readonly name?: string; readonly on: boolean },
): Promise<void> {
  await call.run(react, { actor: call.viewer, id, ...reaction, strict: true }).catch((error: unknown) => {
    const { code: failed, facts } = toErrorValue(error);
    if (failed !== 'conflict') throw error;
    if (facts.reason === 'reaction-exists')
      throw new Refusal('Reaction already exists.', { code: 'REACTION_ALREADY_EXISTS' });
    throw new Refusal("Reaction doesn't exist.", { code: 'REACTION_DOES_NOT_EXIST' });
  });
}
