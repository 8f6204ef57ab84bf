import type { Event } from '@carillon/core';
import type { AccountView } from './account-view.ts';
import { isJudged, isParted } from './judged.ts';
import { MultiMap } from './multi-map.ts';

interface LanguageChoice {
  readonly languages: ReadonlySet<string>;
  readonly views: Set<AccountView>;
}

const NONE: ReadonlySet<AccountView> = new Set();

/**
 * Blocks, mutes, domain blocks and chosen languages turned round: who has one of them that an event touches. Views
 * that it does not touch are never visited.
 */
export class ExclusionIndex {
  /** Accounts that views have blocked or muted. */
  readonly #targets = new MultiMap<number, AccountView>();
  /** Accounts that have blocked views. */
  readonly #blockers = new MultiMap<number, AccountView>();
  readonly #domains = new MultiMap<string, AccountView>();
  /** Views that chose the same languages, by those. */
  readonly #languages = new Map<string, LanguageChoice>();
  readonly #ended = new Set<AccountView>();

  add(view: AccountView): void {
    for (const target of view.blocked) this.#targets.add(target, view);
    for (const target of view.muted.keys()) this.#targets.add(target, view);
    for (const blocker of view.blockedBy) this.#blockers.add(blocker, view);
    for (const domain of view.domains) this.#domains.add(domain, view);
    this.#addLanguages(view);
    if (view.ended) this.#ended.add(view);
  }

  remove(view: AccountView): void {
    for (const target of view.blocked) this.#targets.delete(target, view);
    for (const target of view.muted.keys()) this.#targets.delete(target, view);
    for (const blocker of view.blockedBy) this.#blockers.delete(blocker, view);
    for (const domain of view.domains) this.#domains.delete(domain, view);
    this.#removeLanguages(view);
    this.#ended.delete(view);
  }

  /** The view's block or mute of this account came or went. */
  targetChanged(view: AccountView, target: number): void {
    if (view.blocked.has(target) || view.muted.has(target)) this.#targets.add(target, view);
    else this.#targets.delete(target, view);
  }

  blockerChanged(view: AccountView, blocker: number): void {
    if (view.blockedBy.has(blocker)) this.#blockers.add(blocker, view);
    else this.#blockers.delete(blocker, view);
  }

  domainChanged(view: AccountView, domain: string): void {
    if (view.domains.has(domain)) this.#domains.add(domain, view);
    else this.#domains.delete(domain, view);
  }

  endedChanged(view: AccountView): void {
    if (view.ended) this.#ended.add(view);
    else this.#ended.delete(view);
  }

  /** Changes the languages by `change`. */
  languagesChange(view: AccountView, change: () => void): void {
    this.#removeLanguages(view);
    change();
    this.#addLanguages(view);
  }

  excluding(event: Event): ReadonlySet<AccountView> {
    if (!isJudged(event)) return this.#barring(event);
    const { author, sharedAuthor, mentions = [], domain, language } = event.routing ?? {};
    const found = new Set(this.#ended);
    for (const id of [author, sharedAuthor, ...mentions]) {
      if (id === undefined) continue;
      for (const view of this.#targets.get(id) ?? NONE) if (view.hides(id)) found.add(view);
    }
    for (const id of [author, sharedAuthor]) {
      if (id !== undefined) for (const view of this.#blockers.get(id) ?? NONE) found.add(view);
    }
    if (domain !== undefined) for (const view of this.#domains.get(domain) ?? NONE) found.add(view);
    for (const { languages, views } of this.#languages.values()) {
      if (language === undefined || !languages.has(language)) for (const view of views) found.add(view);
    }
    return found;
  }

  /** Beside those that ended: who has blocked the author, or is blocked by it. */
  #barring(event: Event): ReadonlySet<AccountView> {
    const author = isParted(event) ? event.routing?.author : undefined;
    if (author === undefined) return this.#ended.size === 0 ? NONE : new Set(this.#ended);
    const found = new Set(this.#ended);
    for (const view of this.#targets.get(author) ?? NONE) if (view.blocked.has(author)) found.add(view);
    for (const view of this.#blockers.get(author) ?? NONE) found.add(view);
    return found;
  }

  #addLanguages(view: AccountView): void {
    const { chosenLanguages } = view;
    if (!chosenLanguages) return;
    const key = keyOf(chosenLanguages);
    const choice = this.#languages.get(key);
    if (choice) choice.views.add(view);
    else this.#languages.set(key, { languages: chosenLanguages, views: new Set([view]) });
  }

  #removeLanguages(view: AccountView): void {
    if (!view.chosenLanguages) return;
    const key = keyOf(view.chosenLanguages);
    const choice = this.#languages.get(key);
    if (choice?.views.delete(view) && choice.views.size === 0) this.#languages.delete(key);
  }
}

function keyOf(languages: ReadonlySet<string>): string {
  return [...languages].sort().join(' ');
}
