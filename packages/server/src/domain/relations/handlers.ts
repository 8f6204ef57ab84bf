import { blockTarget, muteTarget } from './block.ts';
import { blockWholeDomain } from './domain-block.ts';
import { answerRequest, dropFollower, followTarget, unfollowTarget } from './follow.ts';
import { answerFollow, block, blockDomain, follow, mute, removeFollower, setNote, unfollow } from './messages.ts';
import { writeNote } from './note.ts';

export const relationCommands = {
  [follow.name]: followTarget,
  [unfollow.name]: unfollowTarget,
  [answerFollow.name]: answerRequest,
  [removeFollower.name]: dropFollower,
  [block.name]: blockTarget,
  [mute.name]: muteTarget,
  [blockDomain.name]: blockWholeDomain,
  [setNote.name]: writeNote,
};
