import type { Event } from '@carillon/core';
import type { PostSnapshot } from '../state/index.ts';
import type { AccountView } from './account-view.ts';
import { textOf, textOfPost } from './event-text.ts';
import { isJudged } from './judged.ts';
import { compilePattern, type Pattern, patternKey } from './pattern.ts';

/** A word of one account, compiled. */
export interface AlertWord {
  readonly word: string;
  readonly pattern: Pattern;
}

const NONE: ReadonlyMap<AccountView, readonly string[]> = new Map();
const NO_WORDS: readonly string[] = [];

/** Alert words turned round: which views have them. Equal words are looked for once per event. */
export class AlertIndex {
  readonly #patterns = new Map<string, { readonly pattern: Pattern; readonly views: Set<AccountView> }>();

  /** No two of the words differ in the case of their letters alone. */
  add(view: AccountView, words: readonly string[]): readonly AlertWord[] {
    return words.map((word) => {
      const key = patternKey(word, true);
      let shared = this.#patterns.get(key);
      if (!shared) this.#patterns.set(key, (shared = { pattern: compilePattern(word, true), views: new Set() }));
      shared.views.add(view);
      return { word, pattern: shared.pattern };
    });
  }

  remove(view: AccountView, words: readonly AlertWord[]): void {
    for (const { pattern } of words) {
      const views = this.#patterns.get(pattern.key)?.views;
      if (views?.delete(view) && views.size === 0) this.#patterns.delete(pattern.key);
    }
  }

  alerting(event: Event): ReadonlyMap<AccountView, readonly string[]> {
    if (this.#patterns.size === 0 || !isJudged(event)) return NONE;
    const { folded } = textOf(event);
    const touched = new Set<AccountView>();
    const matching = new Set<Pattern>();
    for (const { pattern, views } of this.#patterns.values()) {
      if (!pattern.matches(folded)) continue;
      matching.add(pattern);
      for (const view of views) touched.add(view);
    }
    return new Map(Array.from(touched, (view) => [view, view.alertMatches(event, matching)]));
  }
}

/** Those of the words that stand in the event's post; `matching` are all patterns that do, where they are known. */
export function findAlertWords(
  words: readonly AlertWord[],
  event: Event,
  matching?: ReadonlySet<Pattern>,
): readonly string[] {
  if (words.length === 0) return NO_WORDS;
  const { folded } = textOf(event);
  return words.filter(({ pattern }) => matching?.has(pattern) ?? pattern.matches(folded)).map(({ word }) => word);
}

/** Which of an account's alert words stand in a post that is shown to it now, as `View.alertMatches` finds them. */
export function createAlertMatcher(words: readonly string[]): (post: PostSnapshot) => readonly string[] {
  const compiled = words.map((word) => ({ word, pattern: compilePattern(word, true) }));
  return (post) => {
    if (compiled.length === 0) return NO_WORDS;
    const { folded } = textOfPost(post);
    return compiled.filter(({ pattern }) => pattern.matches(folded)).map(({ word }) => word);
  };
}
