import { sql } from 'kysely';
import {
  type AccountSnapshot,
  type ChannelRow,
  type Database,
  follows,
  type Listed,
  type Message,
  relations,
} from '../../state/index.ts';
import { loadChannels } from '../community/load-accounts.ts';
import { findPage, pagedBy } from '../community/paging.ts';
import { findParty, type Party, stands } from '../community/parties.ts';
import { listAccounts } from '../relations/requests.ts';
import type { followersOf, followingOf } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** No account has this id; nobody in particular asks. */
const NOBODY = 0;

interface SeenBy {
  readonly viewer: number;
}

/** Left out are those whom the viewer blocks or mutes, or who block the viewer, and who is suspended. */
const followers = pagedBy(
  'f.id',
  (db, { viewer, channel, owner }: SeenBy & { readonly channel: number; readonly owner: number }) =>
    db
      .selectFrom('follows as f')
      .innerJoin('accounts as a', 'a.id', 'f.account')
      .selectAll('f')
      .where('f.channel', '=', channel)
      .where('f.state', '=', 'subscribed')
      .where('f.account', '<>', owner)
      .where('a.suspended_at', 'is', null)
      .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM relations r WHERE r.account = ${viewer} AND r.target = a.id)`)
      .where(
        sql<boolean>`NOT EXISTS (SELECT 1 FROM relations r WHERE r.account = a.id AND r.target = ${viewer} AND r.kind = 'block')`,
      ),
);
const followed = pagedBy('f.id', (db, { viewer, account }: SeenBy & { readonly account: number }) =>
  db
    .selectFrom('follows as f')
    .innerJoin('channels as c', 'c.id', 'f.channel')
    .leftJoin('accounts as a', 'a.channel', 'c.id')
    .selectAll('f')
    .where('f.account', '=', account)
    .where('f.state', '=', 'subscribed')
    .where('c.owner', '<>', account)
    .where('c.kind', '<>', 'direct')
    .where('a.suspended_at', 'is', null)
    .where(
      sql<boolean>`(c.kind <> 'group' OR c.access <> 'whitelist' OR EXISTS (
          SELECT 1 FROM follows v WHERE v.channel = c.id AND v.account = ${viewer} AND v.state = 'subscribed'
        ))`,
    )
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM relations r WHERE r.account = ${viewer} AND r.target = coalesce(a.id, c.id))`,
    )
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM relations r WHERE r.account = a.id AND r.target = ${viewer} AND r.kind = 'block')`,
    ),
);

/** `undefined` for who is not there; nobody for a viewer that is blocked, or may not see who is in a channel. */
export async function listFollowers(
  db: Database,
  { viewer: asks, account: id, page }: Input<typeof followersOf>,
): Promise<readonly Listed<AccountSnapshot>[] | undefined> {
  const viewer = asks ?? NOBODY;
  const party = await findParty(db, id);
  if (!party || !isShown(party)) return undefined;
  if (await isHidden(db, viewer, party)) return [];
  const { id: channel, owner } = party.channel;
  const rows = await findPage(db, follows, followers, { viewer: besides(viewer, id), channel, owner }, page);
  return listAccounts(
    db,
    rows.map((row) => ({ cursor: row.id, account: row.account })),
  );
}

/** `undefined` for who is not there; group channels follow nobody. */
export async function listFollowed(
  db: Database,
  { viewer: asks, account: id, page }: Input<typeof followingOf>,
): Promise<readonly Listed<AccountSnapshot>[] | undefined> {
  const viewer = asks ?? NOBODY;
  const party = await findParty(db, id);
  if (!party || !isShown(party)) return undefined;
  if (!party.account || (await isHidden(db, viewer, party))) return [];
  const rows = await findPage(db, follows, followed, { viewer: besides(viewer, id), account: id }, page);
  const near = await loadChannels(
    db,
    rows.map(({ channel }) => channel),
  );
  return listAccounts(
    db,
    rows.map((row) => ({ cursor: row.id, account: partyIdOf(near.get(row.channel)) })),
  );
}

function isShown({ account }: Party): boolean {
  return account === undefined || stands(account);
}

/** An account's own lists are whole. */
function besides(viewer: number, account: number): number {
  return viewer === account ? NOBODY : viewer;
}

async function isHidden(db: Database, viewer: number, { id, account, channel }: Party): Promise<boolean> {
  if (account) return (await relations.get(db, { account: id, target: viewer, kind: 'block' })) !== undefined;
  if (channel.access === 'open') return false;
  return (await follows.get(db, { channel: id, account: viewer }))?.state !== 'subscribed';
}

function partyIdOf(channel: ChannelRow | undefined): number {
  if (!channel) return NOBODY;
  return channel.kind === 'group' ? channel.id : channel.owner;
}
