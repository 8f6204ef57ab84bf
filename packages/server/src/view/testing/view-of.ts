import { AccountView, type ViewIndexes } from '../account-view.ts';
import { AlertIndex } from '../alert-index.ts';
import { ExclusionIndex } from '../exclusion-index.ts';
import { FilterIndex } from '../filter-index.ts';
import type { ViewRows } from '../messages.ts';

export const NOW = Date.UTC(2026, 10, 25);

const NO_ROWS: ViewRows = {
  ended: false,
  follows: [],
  tags: [],
  lists: [],
  blocks: [],
  mutes: [],
  blockedBy: [],
  domains: [],
  chosenLanguages: null,
  threads: [],
  filters: [],
  alertWords: [],
};

export function newIndexes(): ViewIndexes {
  return { exclusions: new ExclusionIndex(), filters: new FilterIndex(), alerts: new AlertIndex() };
}

/** A view of these facts, nothing else, in indexes of its own unless others are given. */
export function viewOf(
  account: number,
  rows: Partial<ViewRows> = {},
  indexes = newIndexes(),
  now = () => NOW,
): AccountView {
  const view = new AccountView(account, indexes, now);
  view.reset({ ...NO_ROWS, ...rows });
  return view;
}
