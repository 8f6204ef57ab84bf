import type { Presence } from '../dependencies.ts';
import type { Member } from '../session-state.ts';

type News = (topic: string, action: 'entered' | 'left', member: Member) => void;

/** The presence lists that one connection wants to hear of. */
export class PresenceWatch {
  readonly #presence: Presence;
  readonly #news: News;
  readonly #stops = new Map<string, () => void>();

  constructor(presence: Presence, news: News) {
    this.#presence = presence;
    this.#news = news;
  }

  /** Listens to these lists and to no others. */
  set(topics: readonly string[]): void {
    const wanted = new Set(topics);
    for (const [topic, stop] of this.#stops) {
      if (wanted.has(topic)) continue;
      stop();
      this.#stops.delete(topic);
    }
    for (const topic of wanted) {
      if (this.#stops.has(topic)) continue;
      this.#stops.set(
        topic,
        this.#presence.watch(topic, (action, member) => this.#news(topic, action, member)),
      );
    }
  }

  close(): void {
    this.set([]);
  }
}
