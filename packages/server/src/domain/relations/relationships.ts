import { sql } from 'kysely';
import {
  type AccountRow,
  accountNotes,
  accounts,
  type CommandContext,
  type Database,
  domainBlocks,
  type FollowRow,
  follows,
  type RelationRow,
  relations,
  statement,
} from '../../state/index.ts';
import { loadAccountRows, loadChannels } from '../community/load-accounts.ts';
import type { Relationship } from './messages.ts';

const followsOfViewer = statement<{ viewer: number; channels: string }>((db, { viewer, channels }) =>
  db
    .selectFrom('follows')
    .selectAll()
    .where('channel', 'in', sql<number>`(SELECT value FROM json_each(${channels}))`)
    .where('account', '=', viewer),
);
const followsOfTargets = statement<{ channel: number; targets: string }>((db, { channel, targets }) =>
  db
    .selectFrom('follows')
    .selectAll()
    .where('channel', '=', channel)
    .where('account', 'in', sql<number>`(SELECT value FROM json_each(${targets}))`),
);
const relationsOfViewer = statement<{ viewer: number; targets: string }>((db, { viewer, targets }) =>
  db
    .selectFrom('relations')
    .selectAll()
    .where('account', '=', viewer)
    .where('target', 'in', sql<number>`(SELECT value FROM json_each(${targets}))`),
);
const blocksOfTargets = statement<{ viewer: number; targets: string }>((db, { viewer, targets }) =>
  db
    .selectFrom('relations')
    .selectAll()
    .where('account', 'in', sql<number>`(SELECT value FROM json_each(${targets}))`)
    .where('target', '=', viewer)
    .where('kind', '=', 'block'),
);
const domainsOfViewer = statement<{ viewer: number; domains: string }>((db, { viewer, domains }) =>
  db
    .selectFrom('domain_blocks')
    .selectAll()
    .where('account', '=', viewer)
    .where('domain', 'in', sql<string>`(SELECT value FROM json_each(${domains}))`),
);
const notesOfViewer = statement<{ viewer: number; targets: string }>((db, { viewer, targets }) =>
  db
    .selectFrom('account_notes')
    .selectAll()
    .where('account', '=', viewer)
    .where('target', 'in', sql<number>`(SELECT value FROM json_each(${targets}))`),
);

/** How the actor of a command stands to its target afterwards. */
export async function relationshipWith(context: CommandContext, viewer: number, target: number): Promise<Relationship> {
  const [found] = await loadRelationships(context.db, viewer, [target], context.now);
  if (found) return found;
  throw new Error(`account ${target} is missing at the end of a command about it`);
}

/** In the order of the targets, in nine statements however many there are. */
export async function loadRelationships(
  db: Database,
  viewer: number,
  targets: readonly number[],
  now: number,
): Promise<readonly Relationship[]> {
  const own = await accounts.get(db, { id: viewer });
  if (!own) return [];
  const wanted = [...new Set(targets)];
  const ids = JSON.stringify(wanted);
  const rows = byKey(await loadAccountRows(db, wanted), ({ id }) => id);
  const channels = await loadChannels(db, wanted);
  const channelOf = (id: number) => rows.get(id)?.channel ?? (channels.get(id)?.kind === 'group' ? id : undefined);
  const known = wanted.filter((id) => channelOf(id) !== undefined);
  const domains = [...rows.values()].map(({ domain }) => domain).filter((domain) => domain !== null);
  const facts: Facts = {
    now,
    following: byKey(
      await follows.find(db, followsOfViewer, { viewer, channels: JSON.stringify(known.map(channelOf)) }),
      ({ channel }) => channel,
    ),
    followers: byKey(
      await follows.find(db, followsOfTargets, { channel: own.channel, targets: ids }),
      ({ account }) => account,
    ),
    relations: byKey(
      await relations.find(db, relationsOfViewer, { viewer, targets: ids }),
      ({ kind, target }) => `${kind} ${target}`,
    ),
    blockedBy: new Set((await relations.find(db, blocksOfTargets, { viewer, targets: ids })).map((row) => row.account)),
    domains: new Set(
      (await domainBlocks.find(db, domainsOfViewer, { viewer, domains: JSON.stringify(domains) })).map(
        ({ domain }) => domain,
      ),
    ),
    notes: byKey(await accountNotes.find(db, notesOfViewer, { viewer, targets: ids }), ({ target }) => target),
  };
  return known.map((id) => {
    const found = relationship(facts, id, channelOf(id) ?? 0, rows.get(id));
    // That an owner hears its own channel is no follow.
    return id === viewer ? { ...found, following: false, showingShares: false, followedBy: false } : found;
  });
}

interface Facts {
  readonly now: number;
  readonly following: ReadonlyMap<number, FollowRow>;
  readonly followers: ReadonlyMap<number, FollowRow>;
  readonly relations: ReadonlyMap<string, RelationRow>;
  readonly blockedBy: ReadonlySet<number>;
  readonly domains: ReadonlySet<string>;
  readonly notes: ReadonlyMap<number, { readonly text: string }>;
}

function relationship(facts: Facts, id: number, channel: number, account: AccountRow | undefined): Relationship {
  const follow = facts.following.get(channel);
  const following = follow?.state === 'subscribed';
  const follower = facts.followers.get(id);
  const mute = facts.relations.get(`mute ${id}`);
  const muting = mute !== undefined && stillStands(mute, facts.now);
  return {
    id,
    following,
    showingShares: following && follow.shares === 1,
    notifying: following && follow.notify === 1,
    languages: following && follow.languages !== null ? JSON.parse(follow.languages) : null,
    followedBy: follower?.state === 'subscribed',
    blocking: facts.relations.has(`block ${id}`),
    blockedBy: facts.blockedBy.has(id),
    muting,
    mutingNotifications: muting && mute.notifications === 1,
    mutingExpiresAt: muting ? mute.expires_at : null,
    requested: follow?.state === 'pending',
    requestedBy: follower?.state === 'pending',
    domainBlocking: facts.domains.has(account?.domain ?? ''),
    note: facts.notes.get(id)?.text ?? '',
  };
}

/** A mute ends by itself; its row may stay. */
function stillStands({ expires_at }: Pick<RelationRow, 'expires_at'>, now: number): boolean {
  return expires_at === null || expires_at > now;
}

function byKey<Row, Key>(rows: readonly Row[], key: (row: Row) => Key): ReadonlyMap<Key, Row> {
  return new Map(rows.map((row) => [key(row), row]));
}
