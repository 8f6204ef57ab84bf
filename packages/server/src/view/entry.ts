import type { Event, Position } from '@carillon/core';
import type { AccountView } from './account-view.ts';
import type { ViewChange } from './contract.ts';

/** One account's view with those who have it open. */
export class Entry {
  readonly view: AccountView;
  readonly listeners = new Set<(change: ViewChange) => void>();
  /** Who has it open; once nobody has, it stays a while for those who come back. */
  handles = 0;
  /** Those of the handles that have been given out. */
  opened = 0;
  /** Milliseconds since 1970. */
  idleSince = 0;
  /** True once it was loaded; until then nobody has seen it. */
  loaded = false;
  /** Events up to here are in the view. */
  seen: Position = -1;
  /** Events that concern it since a load began. */
  buffer: Event[] | undefined;
  /** A load must reach this position, because what was told of events up to there has a hole. */
  atLeast: Position = 0;
  /** The load under way. */
  loading: Promise<void> | undefined;
  /** The filters must be as new as this. */
  filtersWanted: Position = 0;
  filtersSeen: Position = 0;
  /** The load of the filters under way. */
  refreshing: Promise<void> | undefined;
  dropped = false;

  constructor(view: AccountView) {
    this.view = view;
  }
}
