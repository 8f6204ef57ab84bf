import type { OpenLogAt } from '../log/contract.ts';
import { loadLog } from './load.ts';

// The child process of the crash cases: opens the log of a directory and appends until it is killed or told to stop.
const [opener = '', directory = '', round = '', appenders = '8'] = process.argv.slice(2);
// The suite's caller promises a module that exports `openLog: OpenLogAt`.
const { openLog } = (await import(opener)) as { readonly openLog: OpenLogAt };
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const log = await openLog(directory);
await loadLog(log, { round, appenders: Number(appenders) }, stop.signal);
await log.close();
