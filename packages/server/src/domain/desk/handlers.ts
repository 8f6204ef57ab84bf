import { alertWordCommands, alertWordQueries } from './alert-words.ts';
import { attachmentQueries } from './attachments.ts';
import { botStorageCommands, botStorageQueries } from './bot-storage.ts';
import { draftCommands, draftQueries } from './drafts.ts';
import { scheduledCommands, scheduledQueries } from './scheduled.ts';
import { sendingCommands, sendingQueries } from './sending.ts';
import { snippetCommands, snippetQueries } from './snippets.ts';
import { submessageCommands, submessageQueries } from './submessages.ts';
import { userStatusCommands, userStatusQueries } from './user-status.ts';

export const deskCommands = {
  ...scheduledCommands,
  ...sendingCommands,
  ...draftCommands,
  ...snippetCommands,
  ...userStatusCommands,
  ...alertWordCommands,
  ...botStorageCommands,
  ...submessageCommands,
};

export const deskQueries = {
  ...scheduledQueries,
  ...sendingQueries,
  ...draftQueries,
  ...snippetQueries,
  ...userStatusQueries,
  ...alertWordQueries,
  ...botStorageQueries,
  ...submessageQueries,
  ...attachmentQueries,
};
