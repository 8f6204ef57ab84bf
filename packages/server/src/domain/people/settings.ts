import {
  type AccountSettingsRow,
  accountSettings,
  accountTopic,
  announce,
  type CommandContext,
  type Database,
} from '../../state/index.ts';
import { loadPresence, sharePresence } from '../presence/presence-rows.ts';
import type { AccountSettings } from './messages.ts';

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

/** Changing nothing tells nobody. */
export async function changeSettings(
  context: CommandContext,
  account: number,
  changes: Partial<AccountSettings>,
): Promise<void> {
  const before = await readSettings(context.db, account);
  const after = { ...before, ...changes };
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  if (after.sharesPresence !== before.sharesPresence) {
    await sharePresence(context.db, account, after.sharesPresence);
  }
  await accountSettings.put(context.db, {
    ...(await loadSettings(context.db, account)),
    visibility: after.visibility,
    sensitive: Number(after.sensitive),
    language: after.language,
    chosen_languages: after.chosenLanguages === null ? null : JSON.stringify(after.chosenLanguages),
  });
  announce(context, {
    type: 'settings.updated',
    topics: [accountTopic(account)],
    actor: String(account),
    routing: { author: account, object: account },
    subjects: [`account:${account}`],
    data: { account, chosenLanguages: after.chosenLanguages },
  });
}
