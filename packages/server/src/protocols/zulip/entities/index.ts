export { channelName, toChannel, toSubscription } from './channel.ts';
export { emojiNamed, emojiWithCode } from './emoji.ts';
export { EMPTY_TOPIC, sourceOf, toMessage } from './message.ts';
export { toFlags, toReaction } from './reaction.ts';
export { escapeText, missingPicture, type Site } from './site.ts';
export { toUser } from './user.ts';
