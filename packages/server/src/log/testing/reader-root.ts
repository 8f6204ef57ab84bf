import type { Database } from '../../storage/index.ts';
import { integrityQueries, runReader } from '../../storage/thread.ts';
import { logTables } from '../index.ts';
import { logQueries } from '../thread.ts';

runReader({
  ...integrityQueries(logTables),
  ...logQueries,
  'notes.all': (db: Database) =>
    db
      .prepare('SELECT name, text FROM notes ORDER BY name')
      .all()
      .map((row) => ({ ...row })),
});
