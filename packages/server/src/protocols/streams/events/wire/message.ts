import { CarillonError, MAX_JSON_DEPTH, type NewEvent, nestsTooDeep, resolveTopic } from '@carillon/core';
import { decodeEvent } from './event.ts';
import { objectMembers, type RawMember } from './json.ts';
import { decodeBatch, decodeKey, type PublishContext } from './publish.ts';
import { decodeFrom, decodeTopicList, type From } from './subscribe.ts';

/** A client's own name for a message, repeated in the answer. */
export type MessageId = string | number;

/** What a client says over a WebSocket; topics are full names. */
export type ClientMessage =
  | { readonly type: 'subscribe'; readonly topics: readonly string[]; readonly from: From; readonly presence: boolean }
  | { readonly type: 'unsubscribe'; readonly topics: readonly string[] }
  | { readonly type: 'publish'; readonly events: readonly NewEvent[]; readonly key: string | undefined }
  | { readonly type: 'presence'; readonly topic: string; readonly action: PresenceAction; readonly info: string }
  | { readonly type: 'ping' };

export type PresenceAction = 'enter' | 'leave' | 'list';

export interface MessageContext extends PublishContext {
  readonly maxTopics: number;
}

/** A message of which so much could be read that an error about the rest can name it. */
export interface Envelope {
  readonly id: MessageId | undefined;
  readonly members: ReadonlyMap<string, RawMember>;
}

const MAX_ID_LENGTH = 128;
/** Characters of the JSON that a member of a presence list tells about itself. */
const MAX_INFO_LENGTH = 1_024;

/** Whether a frame is a JSON object at all; if not there is nobody to answer and the connection ends. */
export function readObject(text: string): object | undefined {
  if (nestsTooDeep(text))
    throw new CarillonError('bad-request', `the message is nested deeper than ${MAX_JSON_DEPTH} levels`);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function openEnvelope(text: string, value: object): Envelope {
  const members = new Map<string, RawMember>();
  for (const member of objectMembers(text, value, 'the message')) members.set(member.key, member);
  return { id: decodeId(members.get('id')?.value), members };
}

export function decodeMessage({ members }: Envelope, context: MessageContext): ClientMessage {
  const type = members.get('type')?.value;
  switch (type) {
    case 'subscribe':
      return {
        type,
        topics: decodeTopicList(listOf(members, 'topics'), context.app, context.maxTopics),
        from: decodeFrom(optional(members, 'since', 'string')),
        presence: optional(members, 'presence', 'boolean') ?? false,
      };
    case 'unsubscribe':
      return { type, topics: decodeTopicList(listOf(members, 'topics'), context.app, context.maxTopics) };
    case 'publish':
      return { type, events: decodeEvents(members, context), key: decodeKey(optional(members, 'key', 'string')) };
    case 'presence':
      return {
        type,
        topic: resolveTopic(optional(members, 'topic', 'string') ?? '', context.app),
        action: decodeAction(members.get('action')?.value),
        info: decodeInfo(members.get('info')),
      };
    case 'ping':
      return { type };
    default:
      throw new CarillonError('bad-request', '"type" must be subscribe, unsubscribe, publish, presence or ping');
  }
}

function decodeEvents(members: ReadonlyMap<string, RawMember>, context: MessageContext): readonly NewEvent[] {
  const one = members.get('event');
  const many = members.get('events');
  if (one && !many) return [decodeEvent(one.text, one.value, context, '"event"')];
  if (many && !one && Array.isArray(many.value)) return decodeBatch(many.text, many.value, context, '"events"');
  throw new CarillonError('bad-request', 'a publish has either an "event" or an array of "events"');
}

function decodeAction(value: unknown): PresenceAction {
  if (value === 'enter' || value === 'leave' || value === 'list') return value;
  throw new CarillonError('bad-request', '"action" must be enter, leave or list');
}

/** Kept as the text it was written in, like an event's data. */
function decodeInfo(member: RawMember | undefined): string {
  const text = member?.text.replace(/[\r\n]+/g, ' ') ?? 'null';
  if (text.length <= MAX_INFO_LENGTH) return text;
  throw new CarillonError('too-large', `"info" has at most ${MAX_INFO_LENGTH} characters`, {
    facts: { limit: MAX_INFO_LENGTH },
  });
}

function decodeId(value: unknown): MessageId | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.length <= MAX_ID_LENGTH && value.isWellFormed()) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new CarillonError(
    'bad-request',
    `"id" must be a whole number or a string of at most ${MAX_ID_LENGTH} characters`,
  );
}

function listOf(members: ReadonlyMap<string, RawMember>, name: string): readonly unknown[] {
  const value = members.get(name)?.value;
  if (Array.isArray(value)) return value;
  throw new CarillonError('bad-request', `"${name}" must be an array`);
}

interface Kinds {
  readonly string: string;
  readonly boolean: boolean;
}

function optional<Kind extends keyof Kinds>(
  members: ReadonlyMap<string, RawMember>,
  name: string,
  kind: Kind,
): Kinds[Kind] | undefined;
function optional(members: ReadonlyMap<string, RawMember>, name: string, kind: keyof Kinds): unknown {
  const value = members.get(name)?.value;
  if (value === undefined || value === null || typeof value === kind) return value ?? undefined;
  throw new CarillonError('bad-request', `"${name}" must be a ${kind}`);
}
