import { sessionSuite } from '@carillon/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSession, streamingSession } from './session.ts';
import { CONVERSATIONS, located, says } from './testing/conversations.ts';

const machine = streamingSession({ maxSubscriptions: 3 });

sessionSuite(machine, CONVERSATIONS);

describe('a session', () => {
  it('keeps the position of each stream', () => {
    const one = machine.step(newSession(['read']), located({ name: 'user' }, 5)).state;
    const two = machine.step(one, located({ name: 'public' }, 6)).state;
    const { state } = machine.step(two, { ...says('{}'), positions: { '["user"]': 9, '["direct"]': 3 } });

    expect(state.subscriptions).toEqual([
      { stream: { name: 'user' }, position: 9 },
      { stream: { name: 'public' }, position: 6 },
    ]);
  });

  it('never throws, and never says what a client could not read', () => {
    const wish = fc.record(
      {
        type: fc.constantFrom('subscribe', 'unsubscribe', 'other'),
        stream: fc.oneof(fc.constantFrom('user', 'hashtag', 'list', 'public:media'), fc.jsonValue()),
        tag: fc.oneof(fc.string(), fc.jsonValue()),
        list: fc.oneof(fc.string(), fc.integer(), fc.jsonValue()),
        since: fc.jsonValue(),
        ack: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string(),
      wish.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        let state = newSession(['read']);
        for (const said of texts) {
          const step = machine.step(state, says(said));
          state = step.state;
          for (const action of step.actions) {
            if (action.kind === 'send') expect(typeof JSON.parse(action.text)).toBe('object');
            if (action.kind === 'locate') state = machine.step(state, located(action.stream, 1)).state;
          }
          expect(state.subscriptions.length).toBeLessThanOrEqual(3);
        }
      }),
    );
  });
});
