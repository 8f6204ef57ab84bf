import type { Position } from '@carillon/core';
import type { ReaderPool } from '../storage/index.ts';
import { verifyContents } from './queries.ts';

/**
 * Reads every event up to `until` once, a slice at a time between other reads, and throws `corrupt` at the first that
 * fails its checksum: what is damaged is told before somebody asks for it.
 */
export async function checkContents(pool: ReaderPool, until: Position, isStopped: () => boolean): Promise<void> {
  for (let after = 0; after < until && !isStopped(); ) {
    const { rows } = await pool.query(verifyContents, { after, until });
    if (rows.done) return;
    after = rows.last;
  }
}
