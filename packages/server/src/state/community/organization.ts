import type { Migration } from '../../storage/index.ts';
import type { OrganizationRow, OrganizationSettingsRow } from './rows/organization.ts';
import { communityTable } from './table.ts';

export const organizations = communityTable<OrganizationRow, 'id'>(
  'organization',
  ['id', 'title', 'description', 'registrations', 'rules', 'contact', 'language', 'languages', 'updated_at'],
  ['id'],
);

export const organizationSettings = communityTable<OrganizationSettingsRow, 'id'>(
  'organization_settings',
  ['id', 'settings'],
  ['id'],
);

export const organizationTables = [organizations.guarded, organizationSettings.guarded];

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
  {
    room: 'organization',
    number: 2,
    up: (db) =>
      db.exec(`
CREATE TABLE organization_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1), settings TEXT NOT NULL, sum INTEGER NOT NULL
) STRICT;`),
  },
];
