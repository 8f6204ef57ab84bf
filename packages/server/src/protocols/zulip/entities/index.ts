export { channelName, toChannel, toSubscription } from './channel.ts';
export { emojiNamed, emojiWithCode } from './emoji.ts';
export { EMPTY_TOPIC, type Site, sourceOf, toMessage } from './message.ts';
export { toFlags, toReaction } from './reaction.ts';
export { escapeText, missingPicture } from './site.ts';
export { toUser } from './user.ts';
