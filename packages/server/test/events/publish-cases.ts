/** What a client may send to `POST /v1/events`, and what becomes of it. */
export interface PublishCase {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface GoodCase extends PublishCase {
  /** The members of each event as a reader gets it, beside what the server gives. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface BadCase extends PublishCase {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export const JSON_TYPE = { 'content-type': 'application/json' };
export const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
export const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
