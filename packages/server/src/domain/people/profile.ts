import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  accounts,
  type CommandContext,
  channels,
  type Database,
  indexName,
  type Message,
  media,
} from '../../state/index.ts';
import { requireActor, requireChannel } from '../community/parties.ts';
import { acceptWaiting } from '../relations/follow.ts';
import { countRequests } from '../relations/requests.ts';
import { announceAccount, requireSnapshot } from './account-rows.ts';
import type { OwnAccount, ProfileChange, updateProfile } from './messages.ts';
import { changeSettings, readSettings } from './settings.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_FIELDS = 20;

export async function changeProfile(
  context: CommandContext,
  { actor, profile, settings }: Input<typeof updateProfile>,
): Promise<OwnAccount> {
  const { db } = context;
  const before = await requireActor(db, actor);
  const row = await withProfile(db, before, profile);
  const changed = JSON.stringify(row) !== JSON.stringify(before);
  if (changed) await accounts.put(db, row);
  if (row.display_name !== before.display_name)
    await indexName(db, { id: row.id, slug: row.slug, name: row.display_name });
  const opened = await changeChannel(context, row, profile.locked);
  if (changed || opened !== undefined) announceAccount(context, 'account.updated', await requireSnapshot(db, actor));
  if (opened === true) await acceptWaiting(context, actor, row.channel);
  if (settings) await changeSettings(context, actor, settings);
  return loadOwn(db, actor);
}

/** What only the account itself is shown; throws `not-found` when there is none. */
export async function loadOwn(db: Database, id: number): Promise<OwnAccount> {
  const row = await accounts.get(db, { id });
  if (!row) throw new CarillonError('not-found', `there is no account ${id}`);
  return {
    account: await requireSnapshot(db, id),
    role: row.role,
    email: row.email,
    note: row.note,
    settings: await readSettings(db, id),
    followRequests: await countRequests(db, id),
  };
}

async function withProfile(db: Database, row: AccountRow, profile: ProfileChange): Promise<AccountRow> {
  const { displayName, note, fields, avatar, header, bot, discoverable, indexable } = profile;
  if (fields && fields.length > MAX_FIELDS) {
    throw new CarillonError('unprocessable', `a profile has at most ${MAX_FIELDS} fields`);
  }
  await requirePictures(db, row, [avatar, header]);
  return {
    ...row,
    display_name: displayName === undefined ? row.display_name : displayName || row.slug,
    note: note?.text ?? row.note,
    note_html: note?.html ?? row.note_html,
    fields: fields ? JSON.stringify(fields.map(({ name, value, html }) => ({ name, value, html }))) : row.fields,
    avatar: avatar === undefined ? row.avatar : avatar,
    header: header === undefined ? row.header : header,
    kind: bot === undefined ? row.kind : bot ? 'bot' : 'person',
    discoverable: flag(discoverable, row.discoverable),
    indexable: flag(indexable, row.indexable),
  };
}

/** Avatar and header are pictures of the account itself. */
async function requirePictures(
  db: Database,
  { id: account }: AccountRow,
  ids: readonly (number | null | undefined)[],
): Promise<void> {
  for (const id of ids) {
    if (id === null || id === undefined) continue;
    const row = await media.get(db, { id });
    if (row?.account !== account) throw new CarillonError('unprocessable', `there is no picture ${id} of yours`);
  }
}

/** Whether the channel was opened (true) or locked (false); `undefined` when its access stays. */
async function changeChannel(
  { db }: CommandContext,
  row: AccountRow,
  locked: boolean | undefined,
): Promise<boolean | undefined> {
  const channel = await requireChannel(db, row.channel);
  const access = locked === undefined ? channel.access : locked ? 'authorize' : 'open';
  if (access === channel.access && channel.title === row.display_name) return undefined;
  await channels.put(db, { ...channel, access, title: row.display_name });
  return access === channel.access ? undefined : access === 'open';
}

function flag(wanted: boolean | undefined, before: number): number {
  return wanted === undefined ? before : Number(wanted);
}
