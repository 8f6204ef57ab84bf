import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import {
  type CommunitySchema,
  type Database,
  type PageQuery,
  type SqlValue,
  type Statement,
  statement,
  type Table,
} from '../../state/index.ts';

/** What a page's statement is bound with; both ends are outside the page. */
export interface Bounds {
  readonly below: number;
  readonly above: number;
  readonly limit: number;
}

/** One selection, from its newest row and from its oldest. */
export interface Paged<Values> {
  readonly newest: Statement<Values & Bounds>;
  readonly oldest: Statement<Values & Bounds>;
}

/** Compiles both orders of a selection by the id that it is paged by. */
export function paged<Values>(build: (order: 'asc' | 'desc') => Statement<Values & Bounds>): Paged<Values> {
  return { newest: build('desc'), oldest: build('asc') };
}

/** The same for a selection that is paged by one column and is whole but for its bounds and order. */
export function pagedBy<
  Values extends { readonly [Name in keyof Values]: SqlValue },
  Schema,
  From extends keyof Schema,
  Row,
>(
  column: string,
  select: (db: Kysely<CommunitySchema>, values: Values) => SelectQueryBuilder<Schema, From, Row>,
): Paged<Values> {
  const by = sql.ref<number>(column);
  return paged((order) =>
    statement<Values & Bounds>((db, values) =>
      select(db, values)
        .where(by, '<', values.below)
        .where(by, '>', values.above)
        .orderBy(by, order)
        .limit(values.limit),
    ),
  );
}

/** The rows of a page, newest first. */
export async function findPage<Row extends object, Values>(
  db: Database,
  table: Pick<Table<Row, never>, 'find'>,
  { newest, oldest }: Paged<Values>,
  values: Values,
  page: PageQuery,
): Promise<readonly Row[]> {
  const bounds = {
    below: page.maxId ?? Number.MAX_SAFE_INTEGER,
    above: page.minId ?? page.sinceId ?? 0,
    limit: page.limit,
  };
  if (page.minId === undefined) return table.find(db, newest, { ...values, ...bounds });
  return (await table.find(db, oldest, { ...values, ...bounds })).toReversed();
}
