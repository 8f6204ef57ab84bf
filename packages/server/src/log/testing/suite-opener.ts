import type { OpenLog } from '@carillon/conformance';
import { STORAGE_DEFAULTS } from '../../storage/index.ts';
import { THREADS } from '../../threads.ts';
import { openLog as open } from '../log.ts';

/** Opens the embedded log as the shared suite wants it; also loaded by the children that the suite kills. */
export async function openLog(directory: string): Promise<OpenLog> {
  const log = await open({ settings: { ...STORAGE_DEFAULTS, directory }, threads: THREADS });
  return { sequencer: log, store: log, expire: (nowMs) => log.expire(nowMs), close: () => log.close() };
}
