import type { Event } from '@carillon/core';
import type { PostSnapshot } from '../state/index.ts';
import type { AccountView } from './account-view.ts';
import type { FilterMatch } from './contract.ts';
import { type EventText, textOf, textOfPost } from './event-text.ts';
import { isJudged } from './judged.ts';
import type { FilterEntry } from './messages.ts';
import { compilePattern, type Pattern, patternKey } from './pattern.ts';

interface SharedPattern {
  readonly pattern: Pattern;
  /** How many of a view's keywords it stands for. */
  readonly uses: Map<AccountView, number>;
}

/** A filter with the patterns of its keywords. */
export interface CompiledFilter {
  readonly entry: FilterEntry;
  readonly facts: FilterMatch['filter'];
  readonly patterns: readonly { readonly keyword: string; readonly pattern: Pattern }[];
  readonly posts: ReadonlySet<number>;
}

const NONE: ReadonlyMap<AccountView, readonly FilterMatch[]> = new Map();

/** Keywords and posts turned round: which views filter by them. Equal keywords are looked for once per event. */
export class FilterIndex {
  readonly #patterns = new Map<string, SharedPattern>();
  readonly #posts = new Map<number, Map<AccountView, number>>();

  add(view: AccountView, entries: readonly FilterEntry[]): readonly CompiledFilter[] {
    return entries.map((entry) => {
      for (const post of entry.posts) addUse(this.#usesOfPost(post), view);
      const { keywords, posts, ...facts } = entry;
      const patterns = keywords.map(({ keyword, wholeWord }) => {
        const shared = this.#share(keyword, wholeWord);
        addUse(shared.uses, view);
        return { keyword, pattern: shared.pattern };
      });
      return { entry, facts, patterns, posts: new Set(posts) };
    });
  }

  remove(view: AccountView, filters: readonly CompiledFilter[]): void {
    for (const { entry, patterns } of filters) {
      for (const { pattern } of patterns) {
        const uses = this.#patterns.get(pattern.key)?.uses;
        if (uses && dropUse(uses, view)) this.#patterns.delete(pattern.key);
      }
      for (const post of entry.posts) {
        const uses = this.#posts.get(post);
        if (uses && dropUse(uses, view)) this.#posts.delete(post);
      }
    }
  }

  matching(event: Event): ReadonlyMap<AccountView, readonly FilterMatch[]> {
    if (this.#patterns.size + this.#posts.size === 0 || !isJudged(event)) return NONE;
    const { folded, posts } = textOf(event);
    const touched = new Set<AccountView>();
    const matching = new Set<Pattern>();
    for (const { pattern, uses } of this.#patterns.values()) {
      if (!pattern.matches(folded)) continue;
      matching.add(pattern);
      for (const view of uses.keys()) touched.add(view);
    }
    for (const post of posts) for (const view of this.#posts.get(post)?.keys() ?? []) touched.add(view);
    const found = new Map<AccountView, readonly FilterMatch[]>();
    for (const view of touched) {
      const matches = view.filterMatches(event, matching);
      if (matches.length > 0) found.set(view, matches);
    }
    return found;
  }

  #share(keyword: string, wholeWord: boolean): SharedPattern {
    const key = patternKey(keyword, wholeWord);
    let shared = this.#patterns.get(key);
    if (!shared) this.#patterns.set(key, (shared = { pattern: compilePattern(keyword, wholeWord), uses: new Map() }));
    return shared;
  }

  #usesOfPost(post: number): Map<AccountView, number> {
    let uses = this.#posts.get(post);
    if (!uses) this.#posts.set(post, (uses = new Map()));
    return uses;
  }
}

/**
 * What one account's filters find in the post that an event shows; those that have expired find nothing. `matching` are
 * all patterns that match it, where they are known.
 */
export function findMatches(
  filters: readonly CompiledFilter[],
  event: Event,
  nowMs: number,
  matching?: ReadonlySet<Pattern>,
): readonly FilterMatch[] {
  return filters.length === 0 ? [] : matchesIn(filters, textOf(event), nowMs, matching);
}

const NO_POSTS: readonly number[] = [];

type LooseFilter = Omit<CompiledFilter, 'entry'>;

function matchesIn(
  filters: readonly LooseFilter[],
  text: EventText,
  nowMs: number,
  matching?: ReadonlySet<Pattern>,
): readonly FilterMatch[] {
  const found: FilterMatch[] = [];
  const isFound = (pattern: Pattern) => matching?.has(pattern) ?? pattern.matches(text.folded);
  for (const { facts, patterns, posts: wanted } of filters) {
    if (facts.expiresAt !== null && facts.expiresAt <= nowMs) continue;
    const keywords = patterns.filter(({ pattern }) => isFound(pattern)).map(({ keyword }) => keyword);
    const posts = wanted.size === 0 ? NO_POSTS : text.posts.filter((post) => wanted.has(post));
    if (keywords.length + posts.length > 0) found.push({ filter: facts, keywords, posts });
  }
  return found;
}

/** What one account's filters find in a post that is shown to it now, as `View.filterMatches` finds it in events. */
export function createPostMatcher(
  entries: readonly FilterEntry[],
  nowMs: number,
): (post: PostSnapshot) => readonly FilterMatch[] {
  const filters = entries.map(({ keywords, posts, ...facts }) => ({
    facts,
    patterns: keywords.map(({ keyword, wholeWord }) => ({ keyword, pattern: compilePattern(keyword, wholeWord) })),
    posts: new Set(posts),
  }));
  return (post) => (filters.length === 0 ? [] : matchesIn(filters, textOfPost(post), nowMs));
}

function addUse(uses: Map<AccountView, number>, view: AccountView): void {
  uses.set(view, (uses.get(view) ?? 0) + 1);
}

/** Whether nobody uses it any more. */
function dropUse(uses: Map<AccountView, number>, view: AccountView): boolean {
  const count = uses.get(view) ?? 0;
  if (count > 1) uses.set(view, count - 1);
  else uses.delete(view);
  return uses.size === 0;
}
