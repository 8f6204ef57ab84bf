import type { IncomingHttpHeaders } from 'node:http';
import { CarillonError, type NewEvent } from '@carillon/core';
import { essence, mediaTypeValue } from './attributes.ts';
import { checkBinaryData, decodeEvent, type EventContext, finish, newDraft, setAttribute } from './event.ts';
import { arrayItems, decodeUtf8, parseJson } from './json.ts';

export interface PublishContext extends EventContext {
  readonly maxBatch: number;
}

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const PREFIX = 'ce-';
const KEY_FORM = /^[\x20-\x7e]{1,256}$/;

/**
 * Reads a publish in any of the three content modes (CloudEvents HTTP binding §3). In structured and batch mode the
 * body alone counts: attributes may be repeated as headers there (§3.2.2), and nobody may be shown one and obeyed
 * another.
 */
export function decodePublish(
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  body: Buffer,
  context: PublishContext,
): readonly NewEvent[] {
  const contentType = headers['content-type'];
  const kind = contentType === undefined ? '' : essence(contentType);
  const structured = kind === STRUCTURED || kind === BATCH;
  if (!structured && hasAttributes(headers)) return [decodeBinary(rawHeaders, contentType, body, context)];
  if (!structured && kind !== 'application/json') throw wrongMediaType();
  const text = decodeUtf8(body, 'the body');
  const value = parseJson(text, 'the body');
  if (Array.isArray(value) && kind !== STRUCTURED) return decodeBatch(text, value, context, 'the body');
  if (kind === BATCH) throw new CarillonError('bad-request', `the body must be a JSON array under ${BATCH}`);
  return [decodeEvent(text, value, context, 'the body')];
}

export function decodeBatch(
  text: string,
  value: readonly unknown[],
  context: PublishContext,
  source: string,
): readonly NewEvent[] {
  if (value.length > context.maxBatch) {
    throw new CarillonError('too-large', `one publish has at most ${context.maxBatch} events`, {
      facts: { limit: context.maxBatch },
    });
  }
  return arrayItems(text, value).map((item, index) =>
    decodeEvent(item.text, item.value, context, `event ${index} of ${source}`),
  );
}

/** `Idempotency-Key` as it stands: 1 to 256 printable ASCII characters. */
export function decodeKey(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !KEY_FORM.test(value)) {
    throw new CarillonError('bad-request', 'an idempotency key has 1 to 256 printable ASCII characters');
  }
  return value;
}

function hasAttributes(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith(PREFIX)) return true;
  return false;
}

function decodeBinary(
  rawHeaders: readonly string[],
  contentType: string | undefined,
  body: Buffer,
  context: EventContext,
): NewEvent {
  const draft = newDraft();
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index]?.toLowerCase() ?? '';
    if (!header.startsWith(PREFIX)) continue;
    if (seen.size === seen.add(header).size) throw new CarillonError('bad-request', `header ${header} stands twice`);
    const name = header.slice(PREFIX.length);
    if (name === 'datacontenttype' || name === 'data') {
      throw new CarillonError('bad-request', `${header} is no attribute: use Content-Type and the body`);
    }
    setAttribute(draft, name, decodeHeaderValue(header, rawHeaders[index + 1] ?? ''), context.app);
  }
  if (contentType !== undefined) draft.contentType = mediaTypeValue('Content-Type', contentType);
  else if (body.length > 0) draft.contentType = 'application/octet-stream';
  checkBinaryData(body, draft.contentType);
  return finish(draft, body, context);
}

/** CloudEvents HTTP binding §3.1.3.2: percent-encoded UTF-8 in printable ASCII; older senders quote the value. */
function decodeHeaderValue(header: string, raw: string): string {
  const quoted = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"');
  const value = quoted ? raw.slice(1, -1).replace(/\\(.)/g, '$1') : raw;
  if (!/^[\x20-\x7e]*$/.test(value)) {
    throw new CarillonError('bad-request', `header ${header} must be ASCII; percent-encode everything else`);
  }
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    throw new CarillonError('bad-request', `header ${header} is not percent-encoded UTF-8`);
  }
}

function wrongMediaType(): CarillonError {
  return new CarillonError(
    'unsupported-media-type',
    `send ${STRUCTURED}, ${BATCH} or application/json; or any other type with ce-type and ce-topic headers`,
  );
}
