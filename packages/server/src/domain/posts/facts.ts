import type { Database } from '../../state/index.ts';
import { findFilters } from '../notices/filters.ts';
import { readSettings } from '../people/settings.ts';
import { postingFacts } from './messages.ts';

export const factQueries = {
  [postingFacts.name]: async (db: Database, { author }: { readonly author: number }) => ({
    settings: await readSettings(db, author),
    filters: await findFilters(db, author),
  }),
};
