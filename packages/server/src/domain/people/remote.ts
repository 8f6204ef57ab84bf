import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  type AccountSnapshot,
  accountBySlug,
  accounts,
  type CommandContext,
  channels,
  indexName,
  type Message,
} from '../../state/index.ts';
import { requireChannel } from '../community/parties.ts';
import { REMOTE_DOMAIN } from '../host-name.ts';
import { announceAccount, insertAccount, requireSnapshot } from './account-rows.ts';
import type { ingestAccount } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** Wider than this community's own names: other servers have dots and hyphens between (RFC 7565 user part). */
const NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,62}[a-z0-9_])?$/;

/** Its followers count and posts are what this community knows of it. */
export async function ingest(context: CommandContext, wanted: Input<typeof ingestAccount>): Promise<AccountSnapshot> {
  const { db } = context;
  const [name, domain] = [wanted.name.toLowerCase(), wanted.domain.toLowerCase()];
  if (!NAME.test(name) || !REMOTE_DOMAIN.test(domain)) {
    throw new CarillonError('unprocessable', `"${name.slice(0, 100)}@${domain.slice(0, 100)}" is not an address`);
  }
  const slug = `${name}@${domain}`;
  const facts = {
    kind: wanted.bot ? 'bot' : 'person',
    display_name: wanted.displayName || name,
    note_html: wanted.noteHtml ?? '',
    url: wanted.url,
  } as const;
  const access = wanted.locked ? 'authorize' : 'open';
  const known = await accountBySlug(db, slug);
  if (known) return refresh(context, known, facts, access);
  const row = await insertAccount(
    context,
    { ...facts, slug, domain, role: 'guest', email: '', password: null },
    access,
  );
  return requireSnapshot(db, row.id);
}

async function refresh(
  context: CommandContext,
  known: AccountRow,
  facts: Pick<AccountRow, 'kind' | 'display_name' | 'note_html' | 'url'>,
  access: 'open' | 'authorize',
): Promise<AccountSnapshot> {
  const { db } = context;
  const row = { ...known, ...facts };
  const channel = await requireChannel(db, known.channel);
  const same = JSON.stringify(row) === JSON.stringify(known) && channel.access === access;
  if (same) return requireSnapshot(db, known.id);
  await accounts.put(db, row);
  await channels.put(db, { ...channel, access, title: row.display_name });
  await indexName(db, { id: row.id, slug: row.slug, name: row.display_name });
  const account = await requireSnapshot(db, known.id);
  announceAccount(context, 'account.updated', account);
  return account;
}
