import type { Migration } from '../../storage/index.ts';
import type { JobRow } from './rows/jobs.ts';
import { communityTable } from './table.ts';

export const jobs = communityTable<JobRow, 'id'>(
  'jobs',
  ['id', 'kind', 'input', 'cursor', 'attempts', 'due_at', 'created_at'],
  ['id'],
);

export const jobTables = [jobs.guarded];

export const jobMigrations: readonly Migration[] = [
  {
    room: 'jobs',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, input TEXT NOT NULL, cursor INTEGER NOT NULL, attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_due ON jobs (due_at);`),
  },
];
