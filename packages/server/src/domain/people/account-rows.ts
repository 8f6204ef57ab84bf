import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  type AccountSnapshot,
  accounts,
  accountTopic,
  announce,
  type ChannelRow,
  type CommandContext,
  channels,
  type Database,
  follows,
  indexName,
  slugs,
} from '../../state/index.ts';
import { loadAccount } from '../community/load-accounts.ts';

/** What differs between accounts at their beginning. */
export type NewAccountFacts = Pick<
  AccountRow,
  'slug' | 'domain' | 'kind' | 'role' | 'display_name' | 'email' | 'password' | 'note_html' | 'url'
>;

/** An account with its own channel, whose owner follows it; the name must be free. */
export async function insertAccount(
  context: CommandContext,
  facts: NewAccountFacts,
  access: ChannelRow['access'] = 'open',
): Promise<AccountRow> {
  const { db, now } = context;
  const [id, channel] = [context.nextId(), context.nextId()];
  const row: AccountRow = {
    ...facts,
    id,
    channel,
    note: '',
    fields: '[]',
    avatar: null,
    header: null,
    discoverable: 1,
    indexable: 1,
    following_count: 0,
    posts_count: 0,
    last_post_at: null,
    suspended_at: null,
    deactivated_at: null,
    created_at: now,
  };
  await claimSlug(db, row.slug, 'account', id);
  await accounts.insert(db, row);
  await indexName(db, { id, slug: row.slug, name: row.display_name });
  await channels.insert(db, {
    ...NEW_CHANNEL,
    id: channel,
    kind: 'personal',
    slug: row.slug,
    title: row.display_name,
    access,
    owner: id,
    created_at: now,
  });
  const since = announceAccount(context, 'account.created', await requireSnapshot(db, id));
  await insertOwner(context, channel, id, since);
  return row;
}

export const NEW_CHANNEL = {
  description: '',
  default_affiliation: 'member',
  participants: null,
  followers_count: 0,
  posts_count: 0,
  last_post_at: null,
} as const;

/** Accounts and group channels share one space of names, and no name is given twice (kernel K13). */
export async function claimSlug(
  db: Database,
  slug: string,
  kind: 'account' | 'channel',
  object: number,
): Promise<void> {
  await requireFree(db, slug);
  await slugs.insert(db, { slug, kind, object });
}

export async function requireFree(db: Database, slug: string): Promise<void> {
  if (await slugs.get(db, { slug })) throw new CarillonError('conflict', `the name ${slug} is taken`);
}

/** A channel's owner hears it from its first event on. */
export async function insertOwner(
  context: CommandContext,
  channel: number,
  account: number,
  since: number,
): Promise<void> {
  await follows.insert(context.db, {
    channel,
    account,
    state: 'subscribed',
    affiliation: 'owner',
    since_position: since,
    id: context.nextId(),
    shares: 1,
    notify: 0,
    languages: null,
    created_at: context.now,
  });
}

export function announceAccount(
  context: CommandContext,
  type: 'account.created' | 'account.updated',
  account: AccountSnapshot,
): number {
  const { id, channel, domain } = account;
  return announce(context, {
    type,
    topics: ['community', accountTopic(id)],
    actor: String(id),
    routing: { author: id, channel, object: id, ...(domain === null ? {} : { domain }) },
    subjects: [`account:${id}`],
    data: { account },
  });
}

export async function requireSnapshot(db: Database, id: number): Promise<AccountSnapshot> {
  const account = await loadAccount(db, id);
  if (account) return account;
  throw new Error(`account ${id} is missing in the commit that wrote it`);
}
