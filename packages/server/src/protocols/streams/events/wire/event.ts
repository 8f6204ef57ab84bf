import { CarillonError, MAX_TOPICS_PER_EVENT, type NewEvent, resolveTopic } from '@carillon/core';
import {
  isJsonType,
  keepExtension,
  MAX_EXTENSIONS,
  mediaTypeValue,
  textValue,
  timeValue,
  typeValue,
} from './attributes.ts';
import { decodeUtf8, objectMembers, parseJson } from './json.ts';

/** How kept attributes are called that every event may have; no extension can take these names. */
const SUBJECT = 'subject';
const DATA_SCHEMA = 'dataschema';
const ORIGIN_ID = 'originid';
const ORIGIN_SOURCE = 'originsource';
const ORIGIN_TIME = 'origintime';

const NO_DATA = new Uint8Array(0);

/** Whose event it is, and how much data it may carry. */
export interface EventContext {
  readonly app: string;
  /** Bytes of one event's data, at most. */
  readonly maxDataBytes: number;
}

/** An event while its attributes come in one by one, from JSON members or from headers. */
export interface Draft {
  type: string | undefined;
  topics: readonly string[] | undefined;
  contentType: string | undefined;
  readonly attributes: Record<string, string>;
  extensions: number;
}

export function newDraft(): Draft {
  return { type: undefined, topics: undefined, contentType: undefined, attributes: {}, extensions: 0 };
}

/** Reads one event object (CloudEvents JSON format); `text` is what `value` was parsed from. */
export function decodeEvent(text: string, value: unknown, context: EventContext, source: string): NewEvent {
  const draft = newDraft();
  let data: { readonly text: string; readonly value: unknown } | undefined;
  let base64: unknown;
  for (const member of objectMembers(text, value, source)) {
    if (member.key === 'data') data = member;
    else if (member.key === 'data_base64') base64 = member.value;
    else if (member.value !== null) setAttribute(draft, member.key, member.value, context.app);
  }
  if (base64 !== undefined && base64 !== null) {
    if (data) throw new CarillonError('bad-request', `${source} has both "data" and "data_base64"`);
    return finish(draft, decodeBase64(base64, draft.contentType), context);
  }
  return finish(draft, data ? jsonMemberBytes(data, draft.contentType) : NO_DATA, context);
}

/** Takes one attribute; unknown names are extensions. */
export function setAttribute(draft: Draft, name: string, value: unknown, app: string): void {
  switch (name) {
    case 'specversion':
      if (value !== '1.0') throw new CarillonError('bad-request', '"specversion" must be "1.0"');
      return;
    case 'type':
      draft.type = typeValue(value);
      return;
    case 'topic':
      draft.topics = decodeTopics(value, app);
      return;
    case 'datacontenttype':
      draft.contentType = mediaTypeValue(name, value);
      return;
    case 'id':
      draft.attributes[ORIGIN_ID] = textValue(name, value);
      return;
    case 'source':
      draft.attributes[ORIGIN_SOURCE] = textValue(name, value);
      return;
    case 'time':
      draft.attributes[ORIGIN_TIME] = timeValue(value);
      return;
    case SUBJECT:
    case DATA_SCHEMA:
      draft.attributes[name] = textValue(name, value);
      return;
  }
  if (++draft.extensions > MAX_EXTENSIONS) {
    throw new CarillonError('too-large', `an event has at most ${MAX_EXTENSIONS} extension attributes`, {
      facts: { limit: MAX_EXTENSIONS },
    });
  }
  const kept = keepExtension(name, value);
  draft.attributes[kept.key] = kept.value;
}

export function finish(draft: Draft, data: Uint8Array, context: EventContext): NewEvent {
  if (draft.type === undefined) throw new CarillonError('bad-request', 'an event needs a "type"');
  if (draft.topics === undefined) throw new CarillonError('bad-request', 'an event needs a "topic"');
  if (data.length > context.maxDataBytes) {
    throw new CarillonError('too-large', `an event's data has at most ${context.maxDataBytes} bytes`, {
      facts: { limit: context.maxDataBytes },
    });
  }
  return {
    type: draft.type,
    topics: draft.topics,
    actor: `/apps/${context.app}`,
    ...(draft.contentType === undefined ? undefined : { contentType: draft.contentType }),
    ...(isEmpty(draft.attributes) ? undefined : { attributes: draft.attributes }),
    data,
  };
}

/** The data of a binary-mode request; JSON is checked, because readers get it inside a JSON object. */
export function checkBinaryData(data: Buffer, contentType: string | undefined): void {
  if (data.length === 0 || !isJsonType(contentType)) return;
  parseJson(decodeUtf8(data, 'the body'), 'the body');
}

function decodeTopics(value: unknown, app: string): readonly string[] {
  if (typeof value !== 'string') {
    throw new CarillonError(
      'bad-request',
      '"topic" must be a string: one topic, or several separated by single spaces',
    );
  }
  const names = value.split(' ', MAX_TOPICS_PER_EVENT + 1);
  if (names.length > MAX_TOPICS_PER_EVENT) {
    throw new CarillonError('too-large', `an event has at most ${MAX_TOPICS_PER_EVENT} topics`, {
      facts: { limit: MAX_TOPICS_PER_EVENT },
    });
  }
  if (names.length === 1) return [resolveTopic(value, app)];
  return [...new Set(names.map((name) => resolveTopic(name, app)))];
}

function jsonMemberBytes(
  data: { readonly text: string; readonly value: unknown },
  contentType: string | undefined,
): Buffer {
  if (isJsonType(contentType)) return Buffer.from(data.text);
  if (typeof data.value !== 'string') {
    throw new CarillonError('bad-request', '"data" must be a string where "datacontenttype" is not JSON');
  }
  if (!data.value.isWellFormed()) throw new CarillonError('bad-request', '"data" has half a surrogate pair');
  return Buffer.from(data.value);
}

/** Node skips what is not Base64 and stops at padding; what it skipped makes the result too short. */
function decodeBase64(value: unknown, contentType: string | undefined): Buffer {
  const wrong = () => new CarillonError('bad-request', '"data_base64" must be Base64 (RFC 4648 §4)');
  if (typeof value !== 'string') throw wrong();
  const data = Buffer.from(value, 'base64');
  const unpadded = value.replace(/={1,2}$/, '').length;
  if (unpadded % 4 === 1 || data.length !== Math.floor((unpadded * 3) / 4)) throw wrong();
  checkBinaryData(data, contentType);
  return data;
}

function isEmpty(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return false;
  return true;
}
