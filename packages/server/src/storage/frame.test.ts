import type { NewEvent } from '@carillon/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeExtra } from './event-codec.ts';
import { packFrame, type Request, sizeOf, unpackFrame } from './frame.ts';

const event = fc.record(
  {
    type: fc.stringMatching(/^[!-~]{1,200}$/),
    topics: fc.array(fc.stringMatching(/^app:a\/[!-~]{1,20}$/), { minLength: 1, maxLength: 64 }),
    data: fc.uint8Array({ maxLength: 300 }),
    attributes: fc.dictionary(fc.string(), fc.string()),
    actor: fc.string(),
  },
  { requiredKeys: ['type', 'topics', 'data'] },
);

function prepare(made: NewEvent): { event: NewEvent; extra: string; extraBytes: number } {
  const extra = encodeExtra(made);
  return { event: made, extra, extraBytes: Buffer.byteLength(extra) };
}

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    events: fc.array(event.map(prepare), { minLength: 1, maxLength: 4 }),
    side: fc.option(fc.constant({ kind: 'key' as const, key: { scope: 's', key: 'k', digest: 'd' } }), {
      nil: undefined,
    }),
  }),
  fc.record({ kind: fc.constant('side' as const), side: fc.constant({ kind: 'erase' as const, positions: [1, 2] }) }),
);

test('operations come out of a frame as they went in', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), (requests) => {
      const frame = packFrame(
        requests,
        requests.reduce((sum, one) => sum + sizeOf(one), 0),
      );

      const unpacked = [...unpackFrame(frame)];

      expect(frame.operations).toBe(requests.length);
      expect(unpacked.map(({ kind, side }) => ({ kind, side }))).toEqual(
        requests.map(({ kind, side }) => ({ kind, side })),
      );
      unpacked.forEach((operation, n) => {
        const asked = requests[n];
        if (operation.kind !== 'append' || asked?.kind !== 'append') return;
        expect(operation.events.map(({ type, extra, topics }) => ({ type, extra, topics }))).toEqual(
          asked.events.map((one) => ({ type: one.event.type, extra: one.extra, topics: one.event.topics })),
        );
        expect(operation.events.map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(
          asked.events.map((one) => Buffer.from(one.event.data).toString('hex')),
        );
      });
    }),
  );
});
