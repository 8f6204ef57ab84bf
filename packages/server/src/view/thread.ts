import { readFilters, readSuspended, readView } from './load.ts';
// The face of this room towards the reader threads.
import { loadFilters, loadSuspended, loadView } from './messages.ts';

export const viewQueries = {
  [loadView.name]: readView,
  [loadFilters.name]: readFilters,
  [loadSuspended.name]: readSuspended,
};
