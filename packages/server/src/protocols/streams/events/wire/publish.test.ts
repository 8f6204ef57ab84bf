import { CarillonError, type NewEvent } from '@carillon/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAD_PUBLISHES } from '../../../../../test/events/bad-publishes.ts';
import { GOOD_PUBLISHES } from '../../../../../test/events/good-publishes.ts';
import type { PublishCase } from '../../../../../test/events/publish-cases.ts';
import { decodeKey, decodePublish } from './publish.ts';

const CONTEXT = { app: 'default', maxDataBytes: 1_000_000, maxBatch: 1_000 };

function decode({ headers, body }: PublishCase): readonly NewEvent[] {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  decodeKey(headers['idempotency-key']);
  return decodePublish(headers, Object.entries(headers).flat(), bytes, CONTEXT);
}

function refusal(publish: PublishCase): CarillonError {
  try {
    decode(publish);
  } catch (error) {
    if (error instanceof CarillonError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('decodePublish', () => {
  it.each(GOOD_PUBLISHES)('takes $name', (publish) => {
    const events = decode(publish);
    expect(events.map(({ type }) => type)).toEqual(publish.events.map(({ type }) => type));
    for (const event of events) expect(event.actor).toBe('/apps/default');
  });

  it.each(BAD_PUBLISHES.filter(({ code }) => code !== 'forbidden'))('refuses $name', (publish) => {
    const { code, message } = refusal(publish);
    expect({ code, detail: message }).toEqual({ code: publish.code, detail: publish.detail });
  });

  it('keeps JSON as it was written', () => {
    const text = '{ "n" : 12345678901234567890, "m":1e309, "z":-0, "s":"\\ud800", "a":1, "a":2 }';
    const [event] = decode({
      name: '',
      headers: { 'content-type': 'application/json' },
      body: `{"type":"t","data":${text} ,"topic":"a"}`,
    });
    expect(Buffer.from(event?.data ?? []).toString()).toBe(text);
  });

  it('leaves prototypes alone', () => {
    const [event] = decode({
      name: '',
      headers: { 'content-type': 'application/json' },
      body: '{"type":"t","topic":"a","data":{"__proto__":{"admin":true}},"constructor":"x"}',
    });
    expect(event?.attributes).toEqual({ constructor: 'x' });
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  it('refuses a header that stands twice', () => {
    const raw = ['ce-type', 't', 'CE-Topic', 'a', 'ce-topic', 'b'];
    expect(() => decodePublish({ 'ce-type': 't', 'ce-topic': 'a, b' }, raw, Buffer.alloc(0), CONTEXT)).toThrow(
      'ce-topic stands twice',
    );
  });

  it('refuses data beyond the limit', () => {
    const body = `{"type":"t","topic":"a","data":"${'x'.repeat(100)}"}`;
    const headers = { 'content-type': 'application/json' };
    expect(() => decodePublish(headers, [], Buffer.from(body), { ...CONTEXT, maxDataBytes: 101 })).toThrow(
      'at most 101 bytes',
    );
    expect(decodePublish(headers, [], Buffer.from(body), { ...CONTEXT, maxDataBytes: 102 })).toHaveLength(1);
  });

  it('throws nothing but its own error, whatever comes', () => {
    const good = GOOD_PUBLISHES.map(({ headers, body }) => ({ headers, body: Buffer.from(body) }));
    const mutated = fc.record({
      from: fc.constantFrom(...good),
      at: fc.nat(),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.string().map((text) => Buffer.from(text)),
        fc.json().map((text) => Buffer.from(text)),
      ),
      drop: fc.nat(6),
      type: fc.option(
        fc.constantFrom(
          'application/json',
          'application/cloudevents+json',
          'application/cloudevents-batch+json',
          'text/plain',
          '',
        ),
      ),
    });
    fc.assert(
      fc.property(mutated, ({ from, at, insert, drop, type }) => {
        const cut = at % (from.body.length + 1);
        const body = Buffer.concat([from.body.subarray(0, cut), insert, from.body.subarray(cut + drop)]);
        const headers = type === null ? from.headers : { ...from.headers, 'content-type': type };
        try {
          decode({ name: '', headers, body });
        } catch (error) {
          expect(error).toBeInstanceOf(CarillonError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
