import type { Migration } from '../../storage/index.ts';
import type { OrganizationRow } from './rows/organization.ts';
import { communityTable } from './table.ts';

export const organizations = communityTable<OrganizationRow, 'id'>(
  'organization',
  ['id', 'title', 'description', 'registrations', 'rules', 'contact', 'language', 'languages', 'updated_at'],
  ['id'],
);

export const organizationTables = [organizations.guarded];

export const organizationMigrations: readonly Migration[] = [
  {
    room: 'organization',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE organization (
  id INTEGER PRIMARY KEY CHECK (id = 1), title TEXT, description TEXT, registrations INTEGER, rules TEXT NOT NULL,
  contact INTEGER, language TEXT, languages TEXT, updated_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;`),
  },
];
