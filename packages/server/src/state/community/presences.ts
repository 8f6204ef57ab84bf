import type { Migration } from '../../storage/index.ts';
import type { PresenceRow } from './rows/presences.ts';
import { communityTable } from './table.ts';

export const presences = communityTable<PresenceRow, 'account'>(
  'presences',
  ['account', 'shared', 'active_at', 'idle_at', 'status', 'online', 'told', 'told_self', 'told_at'],
  ['account'],
);

export const presenceTables = [presences.guarded];

/** The index of accounts finds the community's own without those of other servers, who may be many more. */
export const presenceMigrations: readonly Migration[] = [
  {
    room: 'presences',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE presences (
  account INTEGER PRIMARY KEY, shared INTEGER NOT NULL, active_at INTEGER NOT NULL, idle_at INTEGER NOT NULL,
  status TEXT NOT NULL, online INTEGER NOT NULL, told TEXT NOT NULL, told_self TEXT NOT NULL,
  told_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX presences_online ON presences (account) WHERE online = 1;
CREATE INDEX accounts_own ON accounts (id) WHERE domain IS NULL;`),
  },
];
