import { CarillonError } from '@carillon/core';
import { type Database, numberOf, type Statement, statement } from '../../state/index.ts';

interface Of {
  readonly account: number;
}

interface Bound {
  readonly most: number;
  /** What there are so many of, for whoever has that many. */
  readonly what: string;
  readonly count: Statement<Of>;
}

/** Followed channels and requests; all are in memory while the account is connected, as are blocks and mutes. */
const FOLLOWS: Bound = {
  most: 7_500,
  what: 'an account follows at most 7500 channels',
  count: statement<Of>((db, { account }) =>
    db
      .selectFrom('follows')
      .select((is) => is.fn.countAll().as('n'))
      .where('account', '=', account)
      .where('state', 'in', ['subscribed', 'pending']),
  ),
};
const RELATIONS: Bound = {
  most: 10_000,
  what: 'an account blocks and mutes at most 10000 accounts',
  count: statement<Of>((db, { account }) =>
    db
      .selectFrom('relations')
      .select((is) => is.fn.countAll().as('n'))
      .where('account', '=', account),
  ),
};
const DOMAIN_BLOCKS: Bound = {
  most: 5_000,
  what: 'an account blocks at most 5000 domains',
  count: statement<Of>((db, { account }) =>
    db
      .selectFrom('domain_blocks')
      .select((is) => is.fn.countAll().as('n'))
      .where('account', '=', account),
  ),
};
const NOTES: Bound = {
  most: 5_000,
  what: 'an account keeps at most 5000 notes',
  count: statement<Of>((db, { account }) =>
    db
      .selectFrom('account_notes')
      .select((is) => is.fn.countAll().as('n'))
      .where('account', '=', account),
  ),
};

const BOUNDS = { follows: FOLLOWS, relations: RELATIONS, domainBlocks: DOMAIN_BLOCKS, notes: NOTES } as const;

/** Throws `unprocessable` where the account has as many as one may have; asked before one more begins. */
export async function requireRoom(db: Database, kind: keyof typeof BOUNDS, account: number): Promise<void> {
  const { most, what, count } = BOUNDS[kind];
  if ((await numberOf(db, count, { account })) >= most) throw new CarillonError('unprocessable', what);
}
