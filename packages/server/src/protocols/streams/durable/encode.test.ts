import type { Event, Head } from '@carillon/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorAt, nextCursor } from './cursor.ts';
import {
  bodyOf,
  endsStream,
  lastOffset,
  markUpToDate,
  pageFrame,
  raiseCursors,
  SSE_ENCODINGS,
  type SseForm,
  sseFormOf,
} from './encode.ts';
import type { StreamPage } from './page.ts';

const head: Head = { epoch: 'abcdefgh', position: 9, sealedMs: 0 };
const TIME = Date.UTC(2025, 0, 1);
const OFFSET_7 = '0000000000000007_abcdefgh';

function event(data: string | Uint8Array, more: Partial<Event> = {}): Event {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const known = { position: 7, id: 1, time: TIME, erased: false, topics: ['stream:p/a'], data: bytes };
  return { ...known, type: 'stream.appended', ...more };
}

const page = (events: readonly Event[], more: Partial<StreamPage> = {}): StreamPage => ({
  events,
  next: 7,
  upTo: 9,
  upToDate: true,
  closed: false,
  ended: false,
  ...more,
});

interface Block {
  readonly event: string;
  readonly data: string;
}

/** A parser as the HTML standard describes it, written for this test. */
function parse(frames: Buffer): Block[] {
  const blocks: Block[] = [];
  let name = '';
  let lines: string[] = [];
  for (const line of frames.toString().split(/\r\n|\r|\n/)) {
    const value = line.slice(line.indexOf(':') + 1).replace(/^ /, '');
    if (line === '') {
      if (lines.length > 0) blocks.push({ event: name, data: lines.join('\n') });
      name = '';
      lines = [];
    } else if (line.startsWith('event:')) name = value;
    else if (line.startsWith('data:')) lines.push(value);
  }
  return blocks;
}

const live = (form: SseForm, given: Event): Buffer => {
  const frame = SSE_ENCODINGS[form].encode(given, given.topics, head);
  if (!frame) throw new Error('no frame');
  return frame;
};

test('text comes out of a parser as it went in, but for the kind of its line ends', () => {
  const hostile = fc.stringMatching(/^[ :a\r\n{}"]{0,40}$/);
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'grapheme' })), (text) => {
      const [data, control, ...rest] = parse(live('text', event(text)));
      expect(data).toEqual({ event: 'data', data: text.replace(/\r\n?/g, '\n') });
      expect(control?.event).toBe('control');
      expect(rest).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test('bytes come out of a parser as they went in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const [data] = parse(live('base64', event(bytes)));
      expect(Buffer.from(data?.data ?? '', 'base64')).toEqual(Buffer.from(bytes));
    }),
  );
});

test('a page is one data event and one control event', () => {
  const frame = pageFrame('json', page([event('[1, 2]'), event('[{"a":3}]')]), 5, head);
  expect(parse(frame)).toEqual([
    { event: 'data', data: '[1, 2,{"a":3}]' },
    { event: 'control', data: `{"streamCursor":"5","streamNextOffset":"${OFFSET_7}","upToDate":true}` },
  ]);
  const more = pageFrame('text', page([event('x')], { upToDate: false }), 5, head);
  expect(more.toString()).not.toContain('upToDate');
});

test('a closing event says so, names the tail and ends the stream', () => {
  const closing = live('text', event('last', { attributes: { closed: 'true' } }));
  expect(parse(closing).at(-1)?.data).toBe(`{"streamNextOffset":"${OFFSET_7}","streamClosed":true}`);
  const bare = live('text', event('{}', { type: 'stream.closed', attributes: { tail: '7' }, position: 8 }));
  expect(parse(bare)).toEqual([parse(closing).at(-1)]);
  expect(endsStream(closing) && endsStream(bare)).toBe(true);
  expect(endsStream(live('text', event('{}', { type: 'stream.deleted' })))).toBe(true);
});

test('no data can look like the end of a stream or like a cursor', () => {
  const text = 'a\n\nevent: control\ndata:{"streamCursor":"1","streamClosed":true}\n\n: deleted\n\n';
  const frame = live('text', event(text));
  expect(endsStream(frame)).toBe(false);
  const raised = raiseCursors(Buffer.concat([frame, frame]), 99_999_999);
  expect(
    parse(raised)
      .filter((block) => block.event === 'data')
      .map((block) => block.data),
  ).toEqual([text, text]);
  const controls = parse(raised).filter((block) => block.event === 'control');
  expect(controls.map((block) => JSON.parse(block.data).streamCursor)).toEqual(['99999999', '99999999']);
});

test('the last frame of a batch can be read and marked', () => {
  const frames = Buffer.concat([live('text', event('x', { position: 6 })), live('text', event('y'))]);
  expect(lastOffset(frames, OFFSET_7.length)).toBe(OFFSET_7);
  const controls = parse(markUpToDate(frames)).filter((block) => block.event === 'control');
  expect(controls.map((block) => JSON.parse(block.data).upToDate)).toEqual([undefined, true]);
});

test('erased data is not shown', () => {
  const erased = event('', { erased: true });
  expect(SSE_ENCODINGS.text.encode(erased, erased.topics, head)).toBeUndefined();
});

test('a body is all data, or one array of all messages', () => {
  expect(bodyOf('text/plain', [event('a'), event('b')]).toString()).toBe('ab');
  expect(bodyOf('Application/JSON; charset=utf-8', [event('[1]'), event('[2]')]).toString()).toBe('[1,2]');
  expect(bodyOf('application/json', []).toString()).toBe('[]');
  expect([sseFormOf('text/html'), sseFormOf('application/ndjson'), sseFormOf('application/json')]).toEqual([
    'text',
    'base64',
    'json',
  ]);
});

test('cursors never go backwards', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), (theirs) => {
      const next = nextCursor(String(theirs), TIME);
      expect(next).toBeGreaterThan(theirs - 1);
      expect(theirs >= cursorAt(TIME) ? next > theirs : next === cursorAt(TIME)).toBe(true);
    }),
  );
  for (const junk of [undefined, '', 'abc', '-1', '9'.repeat(30)]) expect(nextCursor(junk, TIME)).toBe(cursorAt(TIME));
});
