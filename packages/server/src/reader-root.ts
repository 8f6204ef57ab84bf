import { credentialQueries, streamQueries } from './domain/index.ts';
import { logQueries, logTables } from './log/index.ts';
import { stateTables } from './state/index.ts';
import { integrityQueries, runReader } from './storage/index.ts';

/** A reader thread, put together: every query by name. */
runReader({
  ...integrityQueries([...logTables, ...stateTables]),
  ...logQueries,
  ...credentialQueries,
  ...streamQueries,
});
