import { type Database, numbersOf, type PageQuery, type PostRow, posts, type Statement } from '../../state/index.ts';
import type { Paged } from '../community/paging.ts';

/** What a sieve's statement is bound with: candidates as a JSON list. */
export interface Candidates {
  readonly ids: string;
}

/** A timeline that many sources feed. */
export interface Feed<Values> {
  /** Ids of what the sources hold, as `n`: the nearest to one end of the bounds, at most `limit`. */
  readonly candidates: Paged<Values>;
  /** Those of the candidates that belong to the timeline. */
  readonly sieve: Statement<Values & Candidates>;
}

/** Candidates that one round looks at, at most. */
const MAX_ROUND = 1_000;

/**
 * A page of a feed, newest first. Candidates come from each source's own index, so that neither quiet sources nor long
 * histories make it slow; a sieve that rejects many asks for further, larger rounds.
 */
export async function collect<Values>(
  db: Database,
  { candidates, sieve }: Feed<Values>,
  values: Values,
  page: PageQuery,
): Promise<readonly PostRow[]> {
  const upwards = page.minId !== undefined;
  let below = page.maxId ?? Number.MAX_SAFE_INTEGER;
  let above = page.minId ?? page.sinceId ?? 0;
  const found: PostRow[] = [];
  for (let limit = 2 * page.limit; ; limit = Math.min(2 * limit, MAX_ROUND)) {
    const ids = await numbersOf(db, upwards ? candidates.oldest : candidates.newest, {
      ...values,
      below,
      above,
      limit,
    });
    const rows = await posts.find(db, sieve, { ...values, ids: JSON.stringify(ids) });
    found.push(...rows.toSorted((a, b) => (upwards ? a.id - b.id : b.id - a.id)));
    const last = ids.at(-1);
    if (last === undefined || ids.length < limit || found.length >= page.limit) break;
    if (upwards) above = last;
    else below = last;
  }
  const shown = found.slice(0, page.limit);
  return upwards ? shown.toReversed() : shown;
}
