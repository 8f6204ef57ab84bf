import { audited } from '../audit.ts';
import { affiliate, assign } from './affiliation.ts';
import { blockTarget, muteTarget } from './block.ts';
import { blockWholeDomain } from './domain-block.ts';
import { answerRequest, dropFollower, followTarget, unfollowTarget } from './follow.ts';
import { changeMembers } from './list-members.ts';
import { changeList, dropList, makeList } from './lists.ts';
import {
  answerFollow,
  assignAffiliation,
  block,
  blockDomain,
  changeListMembers,
  createList,
  deleteList,
  follow,
  followTag,
  mute,
  removeFollower,
  setAffiliation,
  setNote,
  unfollow,
  updateList,
} from './messages.ts';
import { writeNote } from './note.ts';
import { followOneTag } from './tags.ts';

export { relationQueries } from './queries.ts';

export const relationCommands = {
  [follow.name]: followTarget,
  [unfollow.name]: unfollowTarget,
  [answerFollow.name]: answerRequest,
  [removeFollower.name]: dropFollower,
  [setAffiliation.name]: affiliate,
  [assignAffiliation.name]: audited(assign),
  [block.name]: blockTarget,
  [mute.name]: muteTarget,
  [blockDomain.name]: blockWholeDomain,
  [setNote.name]: writeNote,
  [createList.name]: makeList,
  [updateList.name]: changeList,
  [deleteList.name]: dropList,
  [changeListMembers.name]: changeMembers,
  [followTag.name]: followOneTag,
};
