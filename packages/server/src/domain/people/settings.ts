import {
  type AccountSettingsRow,
  type AccountSettingsSnapshot,
  accountSettings,
  accountTopic,
  announce,
  type CommandContext,
  type Database,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { settingsIn, withChanges } from '../community/setting-types.ts';
import { loadPresence, sharePresence } from '../presence/presence-rows.ts';
import type { AccountSettings } from './messages.ts';
import { ACCOUNT_PREFERENCES } from './preferences.ts';

/** What an account that has set nothing has. */
export async function loadSettings(db: Database, account: number): Promise<AccountSettingsRow> {
  const row = await accountSettings.get(db, { account });
  return (
    row ?? {
      account,
      visibility: 'public',
      sensitive: 0,
      language: null,
      chosen_languages: null,
      notification_policy: '{}',
      other: '{}',
    }
  );
}

export async function readSettings(db: Database, account: number): Promise<AccountSettings> {
  const row = await loadSettings(db, account);
  const { shared } = await loadPresence(db, account);
  return {
    // Only `changeSettings` writes it.
    visibility: row.visibility as AccountSettings['visibility'],
    sensitive: row.sensitive === 1,
    language: row.language,
    chosenLanguages: row.chosen_languages === null ? null : JSON.parse(row.chosen_languages),
    sharesPresence: shared === 1,
  };
}

export async function readAllSettings(db: Database, account: number): Promise<AccountSettingsSnapshot> {
  const { other } = await loadSettings(db, account);
  return { ...settingsIn(ACCOUNT_PREFERENCES, other), ...(await readSettings(db, account)) };
}

export async function changeOwnSettings(
  context: CommandContext,
  { actor, settings }: { readonly actor: number; readonly settings: Partial<AccountSettingsSnapshot> },
): Promise<AccountSettingsSnapshot> {
  await requireActor(context.db, actor);
  return changeSettings(context, actor, settings);
}

/** Changing nothing tells nobody. */
export async function changeSettings(
  context: CommandContext,
  account: number,
  changes: Partial<AccountSettingsSnapshot>,
): Promise<AccountSettingsSnapshot> {
  const before = await readAllSettings(context.db, account);
  const { visibility: _v, sensitive: _s, language: _l, chosenLanguages: _c, sharesPresence: _p, ...wanted } = changes;
  const row = await loadSettings(context.db, account);
  const preferences = withChanges(ACCOUNT_PREFERENCES, settingsIn(ACCOUNT_PREFERENCES, row.other), wanted).values;
  const after: AccountSettingsSnapshot = { ...before, ...changes, ...preferences };
  // The names of a snapshot.
  const names = Object.keys(after) as (keyof AccountSettingsSnapshot)[];
  const changed = names.filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
  if (changed.length === 0) return after;
  if (changed.includes('sharesPresence')) await sharePresence(context.db, account, after.sharesPresence);
  await accountSettings.put(context.db, {
    ...row,
    visibility: after.visibility,
    sensitive: Number(after.sensitive),
    language: after.language,
    chosen_languages: after.chosenLanguages === null ? null : JSON.stringify(after.chosenLanguages),
    other: JSON.stringify({ ...JSON.parse(row.other), ...wanted }),
  });
  announce(context, {
    type: 'settings.updated',
    topics: [accountTopic(account)],
    actor: String(account),
    routing: { author: account, object: account },
    subjects: [`account:${account}`],
    data: { account, chosenLanguages: after.chosenLanguages, settings: after, changed },
  });
  return after;
}
