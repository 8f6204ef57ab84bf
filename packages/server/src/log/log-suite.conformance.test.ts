import { logSuite } from '@carillon/conformance';
import { openLog } from './testing/suite-opener.ts';

logSuite('embedded', openLog, {
  reopen: true,
  readsOwnWrites: true,
  expire: true,
  kill: { opener: new URL('./testing/suite-opener.ts', import.meta.url), rounds: 4 },
});
