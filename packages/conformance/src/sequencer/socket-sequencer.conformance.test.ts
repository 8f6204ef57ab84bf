import { logSuite } from '../log/suite.ts';
import { openLog } from './testing/rebuilt-follower.ts';

logSuite('sequencer in a child process, copy in memory', openLog, {
  reopen: true,
  readsOwnWrites: false,
  expire: false,
  kill: { opener: new URL('./testing/rebuilt-follower.ts', import.meta.url), rounds: 4 },
  modelRuns: 5,
});
