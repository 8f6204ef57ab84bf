import { CarillonError, type Event, type Position, type TopicFloor } from '@carillon/core';
import { accountTopic, channelTopic, hashtagTopic } from '../state/index.ts';
import { type AlertIndex, type AlertWord, findAlertWords } from './alert-index.ts';
import type { FilterMatch, FollowFacts, ListFacts, View } from './contract.ts';
import type { ExclusionIndex } from './exclusion-index.ts';
import { type CompiledFilter, type FilterIndex, findMatches } from './filter-index.ts';
import type { FilterEntry, ViewRows } from './messages.ts';
import type { Pattern } from './pattern.ts';
import { acceptsChannel, acceptsHome, acceptsList, acceptsPublic } from './rules.ts';

export interface ViewIndexes {
  readonly exclusions: ExclusionIndex;
  readonly filters: FilterIndex;
  readonly alerts: AlertIndex;
}

export interface Member {
  readonly channel: number;
  readonly since: Position;
}

export interface ListSettings {
  readonly replies: 'followed' | 'list' | 'none';
  readonly exclusive: boolean;
}

/** One list; members are found by their own ids and by their channels. */
export class ListState implements ListFacts {
  readonly id: number;
  settings: ListSettings;
  readonly members = new Map<number, Member>();
  readonly channels = new Map<number, Member>();

  constructor(id: number, settings: ListSettings) {
    this.id = id;
    this.settings = settings;
  }

  get replies(): ListSettings['replies'] {
    return this.settings.replies;
  }

  get exclusive(): boolean {
    return this.settings.exclusive;
  }

  add(member: number, facts: Member): void {
    this.members.set(member, facts);
    this.channels.set(facts.channel, facts);
  }

  remove(member: number): void {
    const facts = this.members.get(member);
    this.members.delete(member);
    if (facts) this.channels.delete(facts.channel);
  }
}

/** What every signed-in member of the community may read. */
const OPEN_TOPICS: ReadonlySet<string> = new Set(['public', 'community', 'presence']);
const OPEN_PREFIXES = ['public:', 'hashtag:'] as const;
const CHANNEL_PREFIXES = ['channel:', 'channel-meta:'] as const;

/** One account's view: plain facts, kept in the indexes of all views. Only the fold changes it. */
export class AccountView implements View {
  readonly account: number;
  ended = false;
  /** Events were missed: what it says may be older than what is to be delivered. */
  stale = false;
  readonly follows = new Map<number, FollowFacts>();
  readonly followedTags = new Map<string, Position>();
  readonly lists = new Map<number, ListState>();
  readonly blocked = new Set<number>();
  /** By target: when the mute ends. */
  readonly muted = new Map<number, number | null>();
  readonly blockedBy = new Set<number>();
  readonly domains = new Set<string>();
  readonly threads = new Set<number>();
  chosenLanguages: ReadonlySet<string> | undefined;
  readonly indexes: ViewIndexes;
  readonly #now: () => number;
  /** Accounts whose own channel it follows, with where that began. */
  readonly #followed = new Map<number, FollowFacts>();
  #filters: readonly CompiledFilter[] = [];
  #alertWords: readonly AlertWord[] = [];

  constructor(account: number, indexes: ViewIndexes, now: () => number) {
    this.account = account;
    this.indexes = indexes;
    this.#now = now;
  }

  /** Takes these facts instead of those that it had. */
  reset(rows: ViewRows): void {
    this.leaveIndexes();
    for (const facts of [this.follows, this.#followed, this.followedTags, this.lists, this.muted]) facts.clear();
    for (const facts of [this.blocked, this.blockedBy, this.domains, this.threads]) facts.clear();
    this.ended = rows.ended;
    for (const { channel, ...facts } of rows.follows) this.follow(channel, facts);
    for (const { tag, since } of rows.tags) this.followedTags.set(tag, since);
    for (const { id, replies, exclusive, members } of rows.lists) {
      const list = new ListState(id, { replies, exclusive });
      for (const { member, channel, since } of members) list.add(member, { channel, since });
      this.lists.set(id, list);
    }
    for (const target of rows.blocks) this.blocked.add(target);
    for (const { target, expiresAt } of rows.mutes) this.muted.set(target, expiresAt);
    for (const blocker of rows.blockedBy) this.blockedBy.add(blocker);
    for (const domain of rows.domains) this.domains.add(domain);
    for (const thread of rows.threads) this.threads.add(thread);
    this.chosenLanguages = languageSet(rows.chosenLanguages);
    this.indexes.exclusions.add(this);
    this.#filters = this.indexes.filters.add(this, rows.filters);
    this.#alertWords = this.indexes.alerts.add(this, rows.alertWords);
  }

  leaveIndexes(): void {
    this.indexes.exclusions.remove(this);
    this.indexes.filters.remove(this, this.#filters);
    this.#filters = [];
    this.indexes.alerts.remove(this, this.#alertWords);
    this.#alertWords = [];
  }

  follow(channel: number, facts: FollowFacts): void {
    this.follows.set(channel, facts);
    if (facts.followed !== null) this.#followed.set(facts.followed, facts);
  }

  unfollow(channel: number): boolean {
    const followed = this.follows.get(channel)?.followed ?? null;
    if (followed !== null) this.#followed.delete(followed);
    return this.follows.delete(channel);
  }

  /** The follow of an account's own channel. */
  followOf(account: number): FollowFacts | undefined {
    return this.#followed.get(account);
  }

  chooseLanguages(languages: readonly string[] | null): void {
    this.indexes.exclusions.languagesChange(this, () => {
      this.chosenLanguages = languageSet(languages);
    });
  }

  useFilters(entries: readonly FilterEntry[]): void {
    this.indexes.filters.remove(this, this.#filters);
    this.#filters = this.indexes.filters.add(this, entries);
  }

  useAlertWords(words: readonly string[]): void {
    this.indexes.alerts.remove(this, this.#alertWords);
    this.#alertWords = this.indexes.alerts.add(this, words);
  }

  get alertWords(): readonly string[] {
    return this.#alertWords.map(({ word }) => word);
  }

  /** Its filters as they were loaded. */
  get filterEntries(): readonly FilterEntry[] {
    return this.#filters.map(({ entry }) => entry);
  }

  homeTopics(): readonly TopicFloor[] {
    if (this.ended) return [];
    return [
      { topic: accountTopic(this.account), since: 0 },
      ...Array.from(this.follows, ([channel, { since }]) => ({ topic: channelTopic(channel), since })),
      ...Array.from(this.followedTags, ([tag, since]) => ({ topic: hashtagTopic(tag), since })),
    ];
  }

  listTopics(list: number): readonly TopicFloor[] | undefined {
    const members = this.ended ? undefined : this.lists.get(list)?.members;
    return members && Array.from(members.values(), ({ channel, since }) => ({ topic: channelTopic(channel), since }));
  }

  mayRead(topic: string): boolean {
    return this.sinceOf(topic) !== undefined;
  }

  sinceOf(topic: string): Position | undefined {
    if (this.stale) throw new CarillonError('unavailable', 'what this account may read is being loaded');
    if (this.ended) return undefined;
    if (OPEN_TOPICS.has(topic) || OPEN_PREFIXES.some((prefix) => topic.startsWith(prefix))) return 0;
    if (topic === accountTopic(this.account)) return 0;
    const prefix = CHANNEL_PREFIXES.find((start) => topic.startsWith(start));
    return prefix && this.follows.get(Number(topic.slice(prefix.length)))?.since;
  }

  acceptsHome(event: Event): boolean {
    return acceptsHome(this, event);
  }

  acceptsList(list: number, event: Event): boolean {
    return acceptsList(this, list, event);
  }

  acceptsChannel(event: Event): boolean {
    return acceptsChannel(this, event);
  }

  acceptsPublic(event: Event): boolean {
    return acceptsPublic(this, event);
  }

  excludes(author: number, mentions: readonly number[], domain?: string): boolean {
    if (this.blockedBy.has(author) || this.hides(author)) return true;
    if (domain !== undefined && this.domains.has(domain)) return true;
    return mentions.some((id) => this.hides(id));
  }

  /** Whether it blocks or, as of now, mutes that account. */
  hides(account: number): boolean {
    if (this.blocked.has(account)) return true;
    const expiresAt = this.muted.get(account);
    return expiresAt !== undefined && (expiresAt === null || expiresAt > this.#now());
  }

  filterMatches(event: Event, matching?: ReadonlySet<Pattern>): readonly FilterMatch[] {
    return findMatches(this.#filters, event, this.#now(), matching);
  }

  alertMatches(event: Event, matching?: ReadonlySet<Pattern>): readonly string[] {
    return findAlertWords(this.#alertWords, event, matching);
  }

  mutesThread(thread: number): boolean {
    return this.threads.has(thread);
  }
}

function languageSet(languages: readonly string[] | null): ReadonlySet<string> | undefined {
  return languages === null ? undefined : new Set(languages);
}
