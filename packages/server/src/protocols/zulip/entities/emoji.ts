import { gemoji, nameToEmoji } from 'gemoji';

/** The selector of an emoji's look; without it an emoji is the same one. */
const LOOK = '\u{FE0F}';
const CODE = /^[0-9a-f]{1,6}(?:-[0-9a-f]{1,6}){0,15}$/;

/** Names as people say them, `waving_hand`, beside those that are short. */
const BY_DESCRIPTION = new Map(
  gemoji.map(({ emoji, description }) => [description.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'), emoji]),
);

/** The emoji of this name; `undefined` when there is none. */
export function emojiNamed(name: string): string | undefined {
  const own = Object.hasOwn(nameToEmoji, name) ? nameToEmoji[name] : undefined;
  return (own ?? BY_DESCRIPTION.get(name))?.replaceAll(LOOK, '');
}

/** The emoji of these code points, `1f419`; `undefined` for what is no emoji. */
export function emojiWithCode(code: string): string | undefined {
  if (!CODE.test(code)) return undefined;
  const points = code.split('-').map((point) => Number.parseInt(point, 16));
  if (points.some((point) => point > 0x10_ff_ff)) return undefined;
  const emoji = String.fromCodePoint(...points);
  return isEmoji(emoji) || isEmoji(`${emoji}${LOOK}`) ? emoji.replaceAll(LOOK, '') : undefined;
}

/** One emoji as Unicode recommends them (UTS #51), or a sign that has the look of one. */
function isEmoji(text: string): boolean {
  return /^(?:\p{RGI_Emoji}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{FE0F}?)$/v.test(text);
}
