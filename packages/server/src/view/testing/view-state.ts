import type { AccountView } from '../account-view.ts';
import type { View } from '../contract.ts';

/** All that a view knows, as plain values that tests can compare. */
export function stateOf(open: View): unknown {
  // Views that are opened are of this class.
  const view = open as AccountView;
  return {
    account: view.account,
    ended: view.ended,
    follows: sorted(view.follows),
    tags: sorted(view.followedTags),
    lists: sorted(view.lists).map(([id, { replies, exclusive, members, channels }]) => [
      id,
      { replies, exclusive, members: sorted(members), channels: sorted(channels) },
    ]),
    blocked: ascending(view.blocked),
    muted: sorted(view.muted),
    blockedBy: ascending(view.blockedBy),
    domains: [...view.domains].sort(),
    threads: ascending(view.threads),
    languages: view.chosenLanguages && [...view.chosenLanguages].sort(),
    alertWords: view.alertWords,
    filters: [...view.filterEntries].sort((left, right) => left.id - right.id),
  };
}

function ascending(ids: Iterable<number>): number[] {
  return [...ids].sort((left, right) => left - right);
}

function sorted<Key, Value>(map: ReadonlyMap<Key, Value>): [Key, Value][] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1));
}
