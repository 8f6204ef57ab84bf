import * as z from 'zod';
import * as schemas from '../../../src/protocols/mastodon/entities/testing/schemas.ts';
import type { Heard, StreamName } from './heard.ts';

const id = z.string().regex(/^\d{1,16}$/);
/** To strangers' streams posts come with what filters found, and nothing else of the reader. */
const strangersStatus = schemas.publicStatus.extend({ filtered: schemas.status.shape.filtered });

/** The form that an event's payload must have on a stream; strict, so that a key too many fails. */
export function schemaOf(stream: StreamName, event: string): z.ZodType {
  switch (event) {
    case 'update':
    case 'status.update':
      return stream === 'public' || stream === 'hashtag' ? strangersStatus : schemas.status;
    case 'notification':
      return schemas.notification;
    case 'conversation':
      return schemas.conversation;
    case 'announcement':
      return schemas.publicAnnouncement;
    case 'delete':
    case 'announcement.delete':
      return id;
    case 'filters_changed':
      return z.null().or(z.undefined());
    default:
      throw new Error(`${event} on ${stream} is no event of Mastodon's`);
  }
}

/** By a key that only this entity has. */
const ENTITIES: readonly (readonly [string, string])[] = [
  ['visibility', 'Status'],
  ['followers_count', 'Account'],
  ['group_key', 'Notification'],
  ['last_status', 'Conversation'],
  ['preview_url', 'MediaAttachment'],
  ['all_day', 'Announcement'],
  ['keyword_matches', 'FilterResult'],
];

/** Remembers the values that each field of each entity took: one with a single value was never tried otherwise. */
export class FieldValues {
  readonly #values = new Map<string, Set<string>>();

  add({ event, payload }: Heard): void {
    this.#walk(event, payload);
  }

  /** `Status.poll = null`, sorted. */
  get constant(): readonly string[] {
    return [...this.#values]
      .filter(([, values]) => values.size === 1)
      .map(([field, values]) => `${field} = ${[...values].join('')}`)
      .sort();
  }

  get varied(): ReadonlySet<string> {
    return new Set([...this.#values].filter(([, values]) => values.size > 1).map(([field]) => field));
  }

  #walk(path: string, value: unknown): void {
    if (Array.isArray(value)) {
      this.#put(`${path}.length`, value.length);
      for (const each of value) this.#walk(`${path}[]`, each);
    } else if (typeof value === 'object' && value !== null) {
      const [, entity] = ENTITIES.find(([key]) => key in value) ?? [];
      for (const [key, inner] of Object.entries(value)) this.#walk(`${entity ?? path}.${key}`, inner);
    } else {
      this.#put(path, value);
    }
  }

  #put(path: string, value: unknown): void {
    const values = this.#values.get(path) ?? new Set();
    values.add(JSON.stringify(value) ?? 'absent');
    this.#values.set(path, values);
  }
}
