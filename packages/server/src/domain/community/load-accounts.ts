import { sql } from 'kysely';
import {
  type AccountRow,
  type AccountSnapshot,
  accounts,
  type ChannelRow,
  channels,
  type Database,
  type MediaRow,
  type MediaSnapshot,
  media,
  statement,
} from '../../state/index.ts';
import { stands } from './parties.ts';

const accountsByIds = statement<{ ids: string }>((db, { ids }) =>
  db.selectFrom('accounts').selectAll().where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`),
);
const channelsByIds = statement<{ ids: string }>((db, { ids }) =>
  db.selectFrom('channels').selectAll().where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`),
);
const mediaByIds = statement<{ ids: string }>((db, { ids }) =>
  db.selectFrom('media').selectAll().where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`),
);

/**
 * Accounts and group channels by their ids, in three statements however many there are. What does not exist is left
 * out; suspended and deactivated accounts keep their names and counts alone.
 */
export async function loadAccounts(db: Database, ids: Iterable<number>): Promise<ReadonlyMap<number, AccountSnapshot>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await loadAccountRows(db, wanted);
  const near = await loadChannels(db, [...wanted, ...rows.map(({ channel }) => channel)]);
  const pictures = await loadMedia(
    db,
    rows.flatMap(({ avatar, header }) => [avatar, header].filter((id) => id !== null)),
  );
  const found = new Map<number, AccountSnapshot>();
  for (const row of rows) found.set(row.id, accountSnapshotOf(row, near.get(row.channel), pictures));
  for (const id of wanted) {
    const channel = near.get(id);
    if (channel?.kind === 'group') found.set(id, groupSnapshotOf(channel));
  }
  return found;
}

/** One of them, for the events that concern it. */
export async function loadAccount(db: Database, id: number): Promise<AccountSnapshot | undefined> {
  return (await loadAccounts(db, [id])).get(id);
}

/** In the order of the ids, each once. */
export async function loadAccountList(db: Database, ids: Iterable<number>): Promise<readonly AccountSnapshot[]> {
  const wanted = [...new Set(ids)];
  const found = await loadAccounts(db, wanted);
  return wanted.map((id) => found.get(id)).filter((account) => account !== undefined);
}

export function loadAccountRows(db: Database, ids: readonly number[]): Promise<readonly AccountRow[]> {
  return accounts.find(db, accountsByIds, { ids: JSON.stringify(ids) });
}

export async function loadChannels(db: Database, ids: readonly number[]): Promise<ReadonlyMap<number, ChannelRow>> {
  const rows = await channels.find(db, channelsByIds, { ids: JSON.stringify(ids) });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function loadMedia(db: Database, ids: readonly number[]): Promise<ReadonlyMap<number, MediaSnapshot>> {
  if (ids.length === 0) return new Map();
  const rows = await media.find(db, mediaByIds, { ids: JSON.stringify(ids) });
  return new Map(rows.map((row) => [row.id, mediaSnapshotOf(row)]));
}

export function mediaSnapshotOf({ id, type, file, preview, meta, description, blurhash }: MediaRow): MediaSnapshot {
  return { id, type, file, preview, meta: JSON.parse(meta), description, blurhash };
}

function accountSnapshotOf(
  row: AccountRow,
  channel: ChannelRow | undefined,
  pictures: ReadonlyMap<number, MediaSnapshot>,
): AccountSnapshot {
  const suspended = !stands(row);
  const facts = {
    id: row.id,
    name: row.domain === null ? row.slug : row.slug.slice(0, -row.domain.length - 1),
    domain: row.domain,
    kind: row.kind,
    role: row.role,
    channel: row.channel,
    followersCount: channel?.followers_count ?? 0,
    followingCount: row.following_count,
    postsCount: row.posts_count,
    url: row.url,
    suspended,
    createdAt: row.created_at,
  };
  if (suspended) return { ...facts, ...BLANK };
  return {
    ...facts,
    displayName: row.display_name,
    noteHtml: row.note_html,
    fields: JSON.parse(row.fields),
    avatar: picture(pictures, row.avatar),
    header: picture(pictures, row.header),
    locked: channel !== undefined && channel.access !== 'open',
    discoverable: row.discoverable === 1,
    indexable: row.indexable === 1,
    lastPostAt: row.last_post_at,
  };
}

const BLANK = {
  displayName: '',
  noteHtml: '',
  fields: [],
  avatar: null,
  header: null,
  locked: false,
  discoverable: false,
  indexable: false,
  lastPostAt: null,
} as const;

function groupSnapshotOf(channel: ChannelRow): AccountSnapshot {
  return {
    ...BLANK,
    id: channel.id,
    name: channel.slug ?? '',
    domain: null,
    kind: 'group',
    role: 'member',
    displayName: channel.title,
    noteHtml: escapeHtml(channel.description),
    locked: channel.access !== 'open',
    discoverable: channel.access === 'open',
    channel: channel.id,
    followersCount: channel.followers_count,
    followingCount: 0,
    postsCount: channel.posts_count,
    lastPostAt: channel.last_post_at,
    url: null,
    suspended: false,
    createdAt: channel.created_at,
  };
}

function picture(pictures: ReadonlyMap<number, MediaSnapshot>, id: number | null): MediaSnapshot | null {
  return id === null ? null : (pictures.get(id) ?? null);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A description is plain text. */
function escapeHtml(text: string): string {
  return text === '' ? '' : `<p>${text.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)}</p>`;
}
