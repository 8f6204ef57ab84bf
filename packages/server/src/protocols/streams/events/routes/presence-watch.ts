import type { Presence, PresenceChange } from '../../../../hub/index.ts';

type News = (change: PresenceChange) => void;

/** The presence lists that one connection wants to hear of. */
export class PresenceWatch {
  readonly #presence: Pick<Presence, 'listen'>;
  readonly #news: News;
  readonly #stops = new Map<string, () => void>();

  constructor(presence: Pick<Presence, 'listen'>, news: News) {
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
      this.#stops.set(topic, this.#presence.listen(topic, this.#news));
    }
  }

  close(): void {
    this.set([]);
  }
}
