import type { Event, Head } from '@carillon/core';
import { streamEventKind, tailAfter } from '../../../domain/index.ts';
import type { Encoding } from '../../../hub/index.ts';
import { cursorAt } from './cursor.ts';
import { offsetAt } from './headers.ts';
import { joinMessages } from './json-messages.ts';
import { isJson, isText } from './media-type.ts';
import type { StreamPage } from './page.ts';

/** How a stream's data goes over SSE (Durable Streams §5.8). */
export type SseForm = 'json' | 'text' | 'base64';

const END = Buffer.from('}\n\n');
const UP_TO_DATE_END = Buffer.from(',"upToDate":true}\n\n');
const CLOSED_END = Buffer.from('"streamClosed":true}\n\n');
const DELETED = Buffer.from(': deleted\n\n');
const STILL_HERE = Buffer.from(':\n\n');
const LINE_END = /\r\n|\r|\n/;
/** A control frame begins a buffer or follows an empty line; lines of data begin with `data:`. */
const CURSOR = /((?:^|\n\n)event: control\ndata:\{"streamCursor":")\d+/g;

export function bodyOf(contentType: string, events: readonly Event[]): Buffer {
  const data = events.map((event) => event.data);
  return isJson(contentType) ? joinMessages(data) : Buffer.concat(data);
}

export function sseFormOf(contentType: string): SseForm {
  return isJson(contentType) ? 'json' : isText(contentType) ? 'text' : 'base64';
}

/** Live events as frames, shared by all readers of streams of one form. A frame that ends a stream ends its buffer. */
export const SSE_ENCODINGS: Readonly<Record<SseForm, Encoding>> = {
  json: encoding('json'),
  text: encoding('text'),
  base64: encoding('base64'),
};

/** One page as at most one data event with its control event. */
export function pageFrame(form: SseForm, page: StreamPage, cursor: number, head: Head): Buffer {
  const control = page.closed
    ? closedFrame(offsetAt(page.next, head))
    : controlFrame(offsetAt(page.next, head), cursor, page.upToDate ? UP_TO_DATE_END : END);
  if (page.events.length === 0) return control;
  return Buffer.concat([
    dataFrame(
      form,
      page.events.map((event) => event.data),
    ),
    control,
  ]);
}

export function upToDateFrame(offset: string, cursor: number): Buffer {
  return controlFrame(offset, cursor, UP_TO_DATE_END);
}

export function heartbeatFrame(): Buffer {
  return STILL_HERE;
}

/** Whether the last of these frames was the stream's last. */
export function endsStream(frames: Buffer): boolean {
  return endsWith(frames, CLOSED_END) || endsWith(frames, DELETED);
}

/** The offset that live frames end with; tokens of a position have one length. */
export function lastOffset(frames: Buffer, tokenLength: number): string {
  const end = frames.length - END.length - 1;
  return frames.toString('latin1', end - tokenLength, end);
}

/** The same frames, the last of them saying that nothing more is there yet. */
export function markUpToDate(frames: Buffer): Buffer {
  return Buffer.concat([frames.subarray(0, -END.length), UP_TO_DATE_END]);
}

/** The same frames with cursors that are not below a reader's own. */
export function raiseCursors(frames: Buffer, cursor: number): Buffer {
  const text = frames.toString('latin1');
  return Buffer.from(
    text.replace(CURSOR, (_, before: string) => before + cursor),
    'latin1',
  );
}

function encoding(form: SseForm): Encoding {
  return {
    name: `durable-streams:${form}`,
    encode(event, _shown, head) {
      const kind = streamEventKind(event);
      if (kind.ends) return DELETED;
      const offset = offsetAt(tailAfter(event), head);
      const control = kind.closes ? closedFrame(offset) : controlFrame(offset, cursorAt(event.time), END);
      if (kind.hasData) return Buffer.concat([dataFrame(form, [event.data]), control]);
      return kind.closes ? control : undefined;
    },
  };
}

function controlFrame(offset: string, cursor: number, end: Buffer): Buffer {
  const start = `event: control\ndata:{"streamCursor":"${cursor}","streamNextOffset":"${offset}"`;
  return Buffer.concat([Buffer.from(start), end]);
}

function closedFrame(offset: string): Buffer {
  return Buffer.concat([Buffer.from(`event: control\ndata:{"streamNextOffset":"${offset}",`), CLOSED_END]);
}

function dataFrame(form: SseForm, data: readonly Uint8Array[]): Buffer {
  if (form === 'base64') return sseData([Buffer.concat(data).toString('base64')]);
  const bytes = form === 'json' ? joinMessages(data) : Buffer.concat(data);
  return sseData(bytes.toString('utf8').split(LINE_END));
}

/** A parser drops one space after the colon, so a line that begins with one gets another. */
function sseData(lines: readonly string[]): Buffer {
  const fields = lines.map((line) => (line.startsWith(' ') ? `data: ${line}` : `data:${line}`));
  return Buffer.from(`event: data\n${fields.join('\n')}\n\n`);
}

function endsWith(buffer: Buffer, end: Buffer): boolean {
  return buffer.length >= end.length && buffer.compare(end, 0, end.length, buffer.length - end.length) === 0;
}
