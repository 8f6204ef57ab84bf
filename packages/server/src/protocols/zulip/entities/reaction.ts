import type { AccountSnapshot, ReactionView, ReadingFlags } from '../../../domain/index.ts';
import type { Site } from './site.ts';
import { emailOf, fullNameOf } from './user.ts';

/** A reaction as it stands under a message. */
export function toReaction({ emoji, name, code, account }: ReactionView, who: AccountSnapshot | undefined, site: Site) {
  return {
    emoji_name: name,
    emoji_code: code,
    reaction_type: emoji.startsWith('custom:') ? 'realm_emoji' : 'unicode_emoji',
    user_id: account,
    ...(who ? { user: { id: account, email: emailOf(who, site), full_name: fullNameOf(who) } } : {}),
  };
}

/** What the reader has done with a message, by the names that clients know. */
export function toFlags({ read, starred, collapsed, mentioned, historical }: ReadingFlags): readonly string[] {
  return Object.entries({ read, starred, collapsed, mentioned, historical })
    .filter(([, is]) => is)
    .map(([name]) => name);
}
