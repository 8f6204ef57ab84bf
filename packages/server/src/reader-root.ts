import {
  accountQueries,
  channelQueries,
  communityFactQueries,
  credentialQueries,
  deskQueries,
  ingestQueries,
  jobQueries,
  noticeQueries,
  oauthQueries,
  organizationQueries,
  peopleQueries,
  postQueries,
  presenceQueries,
  queueQueries,
  relationQueries,
  searchQueries,
  streamQueries,
  unusedMediaQueries,
  workspaceQueries,
} from './domain/index.ts';
import { logTables } from './log/index.ts';
import { logQueries } from './log/thread.ts';
import { stateTables } from './state/index.ts';
import { integrityQueries, runReader } from './storage/thread.ts';
import { viewQueries } from './view/thread.ts';

/** A reader thread, put together: every query by name. */
runReader({
  ...integrityQueries([...logTables, ...stateTables]),
  ...logQueries,
  ...credentialQueries,
  ...accountQueries,
  ...channelQueries,
  ...communityFactQueries,
  ...peopleQueries,
  ...postQueries,
  ...presenceQueries,
  ...relationQueries,
  ...ingestQueries,
  ...noticeQueries,
  ...deskQueries,
  ...oauthQueries,
  ...organizationQueries,
  ...searchQueries,
  ...queueQueries,
  ...streamQueries,
  ...viewQueries,
  ...unusedMediaQueries,
  ...workspaceQueries,
  ...jobQueries,
});
