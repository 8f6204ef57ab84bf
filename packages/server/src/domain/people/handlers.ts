import { audited } from '../audit.ts';
import { changeChannel, makeChannel } from './channels.ts';
import { erase } from './deletion.ts';
import {
  changeAccountSettings,
  continueDeletion,
  createChannel,
  deleteAccount,
  ingestAccount,
  restoreAccount,
  suspendAccount,
  updateChannel,
  updateProfile,
} from './messages.ts';
import { changeProfile } from './profile.ts';
import { ingest } from './remote.ts';
import { changeOwnSettings } from './settings.ts';
import { restore, suspend } from './suspension.ts';

export { peopleQueries } from './queries.ts';

export const peopleCommands = {
  [updateProfile.name]: changeProfile,
  [changeAccountSettings.name]: changeOwnSettings,
  [suspendAccount.name]: audited(suspend),
  [restoreAccount.name]: audited(restore),
  [deleteAccount.name]: audited(erase),
  [continueDeletion.name]: erase,
  [ingestAccount.name]: ingest,
  [createChannel.name]: makeChannel,
  [updateChannel.name]: changeChannel,
};
