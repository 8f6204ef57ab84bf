import { writeSync } from 'node:fs';

const STDERR = 2;
/** `EX_IOERR` of sysexits.h. */
const EXIT_CODE = 74;

/**
 * The one place that ends the process from inside: after a failed flush nobody knows what is on the disk, so nothing
 * more may be acknowledged, and only the recovery of the next start can tell.
 */
export function endProcess(message: string): void {
  writeSync(STDERR, `carillon: ${message}; the process ends, restart it to recover\n`);
  // oxlint-disable-next-line unicorn/no-process-exit -- going on would acknowledge what may be lost
  process.exit(EXIT_CODE);
}
