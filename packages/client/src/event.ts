/** An event as Carillon delivers it: CloudEvents 1.0 JSON with the extension attributes `topic` and `position`. */
export interface CarillonEvent<Data = unknown> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** ISO 8601 with milliseconds. */
  readonly time: string;
  readonly subject?: string;
  readonly datacontenttype?: string;
  readonly data?: Data;
  readonly data_base64?: string;
  /** Those of the event's topics that were asked for, separated by a space. */
  readonly topic: string;
  /** Opaque: give it back as `from` to go on after this event. */
  readonly position: string;
  /** CloudEvents extension attributes that the publisher added. */
  readonly [extension: string]: unknown;
}

/** An event to publish; everything but `type` and `topic` has a default. */
export interface NewEvent<Data = unknown> {
  readonly type: string;
  /** One topic, or several separated by spaces. */
  readonly topic: string;
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly datacontenttype?: string;
  readonly data?: Data;
  readonly data_base64?: string;
  readonly [extension: string]: unknown;
}

export interface Published {
  /** One position per event, in the order given. */
  readonly positions: readonly string[];
  /** True when the idempotency key was known and nothing was stored anew. */
  readonly duplicate: boolean;
}
