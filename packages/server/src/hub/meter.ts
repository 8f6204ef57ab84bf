import type { HubEvents } from './hub.ts';

/** Adds up deliveries, so that metrics hear of them once per turn and not once per socket. */
export class Meter {
  readonly #events: HubEvents | undefined;
  #deliveries = 0;
  #bytes = 0;

  constructor(events: HubEvents | undefined) {
    this.#events = events;
  }

  add(deliveries: number, bytes: number): void {
    this.#deliveries += deliveries;
    this.#bytes += bytes;
  }

  report(): void {
    if (this.#deliveries > 0) this.#events?.delivered(this.#deliveries, this.#bytes);
    this.#deliveries = 0;
    this.#bytes = 0;
  }
}
