import type { Event, NewEvent } from '@carillon/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudEventJson, sseEvent, sseGap, sseGoodbye } from './encode.ts';
import { createEncodings } from './encodings.ts';
import { decodePublish } from './wire/publish.ts';

const HEAD = { epoch: 'epoch001', position: 9, sealedMs: 0 };
const CONTEXT = { app: 'default', maxDataBytes: 1_000_000, maxBatch: 1_000 };

function stored(event: NewEvent, position = 7): Event {
  return { ...event, position, id: 123, time: Date.UTC(2026, 0, 31), erased: false };
}

function publishOne(members: Readonly<Record<string, unknown>>): NewEvent {
  const body = Buffer.from(JSON.stringify({ topic: 'a b', type: 't', ...members }));
  const [event] = decodePublish({ 'content-type': 'application/json' }, [], body, CONTEXT);
  if (!event) throw new Error('nothing was published');
  return event;
}

function shown(event: Event, topics = event.topics, app = 'default'): Record<string, unknown> {
  const json = cloudEventJson(event, topics, HEAD, app);
  if (json === undefined) throw new Error('nothing is shown');
  expect(json).not.toMatch(/[\r\n]/);
  return JSON.parse(json);
}

describe('cloudEventJson', () => {
  it('gives back any data and attributes as they were published', () => {
    const name = fc.stringMatching(/^x[a-z0-9]{0,12}$/);
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => /^[^\p{Cc}\p{Cs}]*$/u.test(value));
    const value = fc.oneof(text, fc.boolean(), fc.integer());
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(name, value, { maxKeys: 8 }), (data, attributes) => {
        const event = shown(stored(publishOne({ ...attributes, data })));
        expect(event).toMatchObject({ ...JSON.parse(JSON.stringify({ ...attributes, data })) });
      }),
    );
  });

  it('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('image/png', 'text/plain', 'application/xml'), (bytes, type) => {
        const data = Buffer.from(bytes).toString('base64');
        const event = shown(stored(publishOne({ datacontenttype: type, data_base64: data })));
        const got = typeof event.data === 'string' ? Buffer.from(event.data).toString('base64') : event.data_base64;
        expect(got).toBe(data);
      }),
    );
  });

  it('names only the topics asked for, in the words of the reader’s app', () => {
    const event = stored(publishOne({}));
    expect(shown(event, ['app:default/b']).topic).toBe('b');
    expect(shown(event).topic).toBe('a b');
    expect(shown(event, undefined, 'other').topic).toBe('app:default/a app:default/b');
  });

  it('writes positions in the epoch of the log, whatever was written before', () => {
    const event = stored(publishOne({}));
    expect(shown(event).position).toBe('0000000000000007_epoch001');
    const later = cloudEventJson(event, event.topics, { ...HEAD, epoch: 'epoch002' }, 'default');
    expect(JSON.parse(later ?? '').position).toBe('0000000000000007_epoch002');
  });

  it('says nothing about a tombstone', () => {
    expect(cloudEventJson({ ...stored(publishOne({})), erased: true }, [], HEAD, 'default')).toBeUndefined();
  });
});

describe('frames', () => {
  it('are the ones of the README', () => {
    expect(sseEvent('{}', 'T').toString()).toBe('id: T\ndata: {}\n\n');
    expect(sseGap('T', 'epoch').toString()).toBe('event: gap\nid: T\ndata: {"earliest":"T","reason":"epoch"}\n\n');
    expect(sseGoodbye('drain', 700).toString()).toBe('event: goodbye\nretry: 700\ndata: {"reason":"drain"}\n\n');
  });

  it('are shared by all readers of an app and by nobody else', () => {
    const encodings = createEncodings((text) => Buffer.from(text), { excluding: () => new Set() });
    expect(encodings.sse('a')).toBe(encodings.sse('a'));
    const names = [encodings.sse('a'), encodings.sse('b'), encodings.socket('a'), encodings.socket('b')].map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(4);
    const event = stored(publishOne({ data: 1 }));
    const frame = encodings.socket('default').encode(event, event.topics, HEAD);
    expect(JSON.parse(String(frame))).toEqual({ type: 'event', event: shown(event) });
  });
});
