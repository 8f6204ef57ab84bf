import type { Database } from '../../state/index.ts';
import { findFilters } from '../notices/filters.ts';
import { loadSettings, viewSettings } from '../people/settings.ts';
import { postingFacts } from './messages.ts';

export const factQueries = {
  [postingFacts.name]: async (db: Database, { author }: { readonly author: number }) => ({
    settings: viewSettings(await loadSettings(db, author)),
    filters: await findFilters(db, author),
  }),
};
