import { ReferenceLog } from '../model/reference-log.ts';
import { logSuite } from './suite.ts';

logSuite('reference model', async () => new ReferenceLog(), { reopen: false, readsOwnWrites: true, expire: true });
