import {
  type AccountSettingsRow,
  accountSettings,
  accountTopic,
  announce,
  type CommandContext,
  type Database,
} from '../../state/index.ts';
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

export function viewSettings(row: AccountSettingsRow): AccountSettings {
  return {
    // Only `changeSettings` writes it.
    visibility: row.visibility as AccountSettings['visibility'],
    sensitive: row.sensitive === 1,
    language: row.language,
    chosenLanguages: row.chosen_languages === null ? null : JSON.parse(row.chosen_languages),
  };
}

/** Changing nothing tells nobody. */
export async function changeSettings(
  context: CommandContext,
  account: number,
  changes: Partial<AccountSettings>,
): Promise<void> {
  const row = await loadSettings(context.db, account);
  const before = viewSettings(row);
  const after = { ...before, ...changes };
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  await accountSettings.put(context.db, {
    ...row,
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
