import { logSuite } from '@carillon/conformance';
import { openLog } from './testing/follower-opener.ts';

logSuite('sequencer in a child process, copy in SQLite', openLog, {
  reopen: true,
  readsOwnWrites: false,
  expire: true,
  kill: { opener: new URL('./testing/follower-opener.ts', import.meta.url), rounds: 4 },
  modelRuns: 5,
});
