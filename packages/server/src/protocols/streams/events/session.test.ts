import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsSession, newSession } from './session.ts';
import type { Action, Fact, Moment, SessionLimits, SessionState } from './session-state.ts';

const LIMITS: SessionLimits = {
  app: 'default',
  maxDataBytes: 1_000,
  maxBatch: 3,
  maxTopics: 3,
  messagesPerSecond: 20,
  messageBurst: 60,
  maxPresenceTopics: 2,
};

function moment(nowMs = 0, position = 7): Moment {
  return { nowMs, position, token: `T${position}` };
}

const machine = eventsSession(LIMITS);

function fresh(): SessionState {
  return newSession('c1', moment(), LIMITS.messageBurst);
}

function text(message: unknown): Fact {
  return { kind: 'message', text: typeof message === 'string' ? message : JSON.stringify(message) };
}

/** Stores and revives the state around every step, as a proxy that hands each message to another process would. */
function run(facts: readonly Fact[]): { readonly state: SessionState; readonly actions: readonly Action[] } {
  let state = fresh();
  const actions: Action[] = [];
  for (const fact of facts) {
    const revived = JSON.parse(JSON.stringify(state)) as SessionState;
    expect(revived).toEqual(state);
    const next = machine.step(revived, { fact, moment: moment() });
    state = next.state;
    actions.push(...next.actions);
  }
  return { state, actions };
}

function sent(actions: readonly Action[]): readonly unknown[] {
  return actions.flatMap((action) => (action.kind === 'send' ? [JSON.parse(action.text)] : [action.kind]));
}

const located: Fact = {
  kind: 'located',
  id: 1,
  topics: ['app:default/a', 'public'],
  presence: true,
  after: 3,
  token: 'T3',
  gap: undefined,
};

describe('session', () => {
  const TABLE: readonly (readonly [string, readonly Fact[], readonly unknown[]])[] = [
    [
      'asks where a subscription begins',
      [text({ type: 'subscribe', id: 1, topics: ['a', 'a', 'public'] })],
      ['locate'],
    ],
    [
      'answers a subscription before it reads',
      [located],
      [{ type: 'subscribed', id: 1, topics: ['a', 'public'], position: 'T3', recovered: true }, 'read'],
    ],
    [
      'tells of a gap in the answer',
      [{ ...located, gap: 'epoch' }],
      [
        {
          type: 'subscribed',
          id: 1,
          topics: ['a', 'public'],
          position: 'T3',
          recovered: false,
          reason: 'epoch',
          earliest: 'T3',
        },
        'read',
      ],
    ],
    [
      'stops reading before it says so',
      [text({ type: 'unsubscribe', id: 'x', topics: ['a'] })],
      ['forget', { type: 'unsubscribed', id: 'x', topics: ['a'] }],
    ],
    ['publishes one', [text({ type: 'publish', id: 3, event: { type: 't', topic: 'a' } })], ['publish']],
    ['publishes several', [text({ type: 'publish', events: [{ type: 't', topic: 'a' }], key: 'k' })], ['publish']],
    [
      'hands on what was stored',
      [{ kind: 'published', id: 3, positions: ['T8'], duplicate: true }],
      [{ type: 'published', id: 3, positions: ['T8'], duplicate: true }],
    ],
    ['asks for a presence list', [text({ type: 'presence', id: 4, topic: 'a', action: 'list' })], ['presence']],
    [
      'shows a presence list',
      [{ kind: 'members', id: 4, topic: 'app:default/a', action: 'list', members: [{ id: 'm', info: '{"n":1e400}' }] }],
      [{ type: 'presence', id: 4, topic: 'a', members: [{ id: 'm', info: { n: Number.POSITIVE_INFINITY } }] }],
    ],
    [
      'passes news of a presence list on to who asked for it',
      [located, { kind: 'presence', topic: 'public', action: 'entered', member: { id: 'm', info: 'null' } }],
      [
        expect.anything(),
        'read',
        { type: 'presence', topic: 'public', action: 'entered', member: { id: 'm', info: null } },
      ],
    ],
    [
      'keeps news of a presence list from who did not',
      [
        { ...located, presence: false },
        { kind: 'presence', topic: 'public', action: 'left', member: { id: 'm', info: 'null' } },
      ],
      [expect.anything(), 'read'],
    ],
    ['answers a ping with the position', [text({ type: 'ping', id: 5 })], [{ type: 'pong', id: 5, position: 'T7' }]],
    [
      'says what was refused',
      [{ kind: 'refused', id: 6, error: { code: 'forbidden', message: 'no', facts: {} } }],
      [{ type: 'error', id: 6, code: 'forbidden', message: 'no', retryable: false }],
    ],
  ];
  it.each(TABLE)('%s', (_, facts, expected) => {
    expect(sent(run(facts).actions)).toEqual(expected);
  });

  const REFUSED: readonly (readonly [string, unknown, string, string])[] = [
    ['no type', {}, 'bad-request', '"type" must be subscribe, unsubscribe, publish, presence or ping'],
    [
      'a foreign type',
      { type: 'constructor' },
      'bad-request',
      '"type" must be subscribe, unsubscribe, publish, presence or ping',
    ],
    ['no topics', { type: 'subscribe' }, 'bad-request', '"topics" must be an array'],
    ['an empty list', { type: 'subscribe', topics: [] }, 'bad-request', 'name at least one topic'],
    ['a topic that is a number', { type: 'subscribe', topics: [1] }, 'bad-request', 'a topic must be a string'],
    [
      'a topic with a space',
      { type: 'subscribe', topics: ['a b'] },
      'bad-request',
      'a topic is printable ASCII without spaces; percent-encode everything else',
    ],
    ['four topics', { type: 'subscribe', topics: ['a', 'b', 'c', 'd'] }, 'too-large', 'at most 3 topics, not 4'],
    ['since as a number', { type: 'subscribe', topics: ['a'], since: 5 }, 'bad-request', '"since" must be a string'],
    [
      'presence as a word',
      { type: 'subscribe', topics: ['a'], presence: 'yes' },
      'bad-request',
      '"presence" must be a boolean',
    ],
    [
      'nothing to publish',
      { type: 'publish' },
      'bad-request',
      'a publish has either an "event" or an array of "events"',
    ],
    [
      'both to publish',
      { type: 'publish', event: {}, events: [] },
      'bad-request',
      'a publish has either an "event" or an array of "events"',
    ],
    ['a bad event', { type: 'publish', event: { topic: 'a' } }, 'bad-request', 'an event needs a "type"'],
    ['four events', { type: 'publish', events: [1, 2, 3, 4] }, 'too-large', 'one publish has at most 3 events'],
    [
      'a key with a line end',
      { type: 'publish', event: { topic: 'a', type: 't' }, key: 'a\nb' },
      'bad-request',
      'an idempotency key has 1 to 256 printable ASCII characters',
    ],
    [
      'a foreign presence action',
      { type: 'presence', topic: 'a', action: 'toString' },
      'bad-request',
      '"action" must be enter, leave or list',
    ],
    [
      'a long info',
      { type: 'presence', topic: 'a', action: 'enter', info: 'x'.repeat(1_100) },
      'too-large',
      '"info" has at most 1024 characters',
    ],
    [
      'a key that stands twice',
      '{"type":"ping","type":"publish"}',
      'bad-request',
      'the message has the same key twice: "type"',
    ],
    [
      'an id that is a list',
      { type: 'ping', id: [] },
      'bad-request',
      '"id" must be a whole number or a string of at most 128 characters',
    ],
  ];
  it.each(REFUSED)('refuses %s and lives on', (_, message, code, words) => {
    const { actions } = run([text(message), text({ type: 'ping' })]);
    expect(sent(actions)).toMatchObject([{ type: 'error', code, message: words }, { type: 'pong' }]);
  });

  it.each(['{', '[]', 'null', '"x"', '', undefined])('ends the connection over the frame %s', (frame) => {
    const fact: Fact = frame === undefined ? { kind: 'binary' } : text(frame);
    expect(sent(run([fact]).actions)).toMatchObject([{ type: 'error', code: 'bad-request' }, 'end']);
  });

  it('keeps subscriptions, each once, with where they began', () => {
    const again: Fact = { ...located, topics: ['public'], presence: false, after: 9 };
    const { state } = run([located, again, text({ type: 'unsubscribe', topics: ['unknown'] })]);
    expect(state.subscriptions).toEqual([
      { topic: 'app:default/a', since: 3, presence: true },
      { topic: 'public', since: 9, presence: false },
    ]);
    expect(run([located, text({ type: 'unsubscribe', topics: ['a'] })]).state.subscriptions).toEqual([
      { topic: 'public', since: 3, presence: true },
    ]);
  });

  it('counts topics over all subscriptions', () => {
    const full = run([
      located,
      text({ type: 'subscribe', topics: ['b'] }),
      text({ type: 'subscribe', topics: ['b', 'c'] }),
    ]);
    expect(sent(full.actions).slice(2)).toMatchObject(['locate', { type: 'error', code: 'too-large', limit: 3 }]);
    const same = run([located, text({ type: 'subscribe', topics: ['a', 'public', 'b'] })]);
    expect(sent(same.actions).slice(2)).toEqual(['locate']);
  });

  it('counts presence lists', () => {
    const entered = (topic: string): Fact => ({ kind: 'members', id: undefined, topic, action: 'enter', members: [] });
    const enter = (topic: string) => text({ type: 'presence', topic, action: 'enter' });
    const two = [entered('app:default/a'), entered('app:default/b')];
    expect(run(two).state.present).toEqual(['app:default/a', 'app:default/b']);
    expect(sent(run([...two, enter('c')]).actions).at(-1)).toMatchObject({ type: 'error', code: 'too-large' });
    expect(sent(run([...two, enter('b')]).actions).at(-1)).toBe('presence');
    const left: Fact = { kind: 'members', id: undefined, topic: 'app:default/a', action: 'leave', members: [] };
    expect(run([...two, left]).state.present).toEqual(['app:default/b']);
  });

  it('ends a connection that talks too much, and forgives over time', () => {
    const ping = text({ type: 'ping' });
    const burst = Array.from({ length: 61 }, () => ping);
    expect(sent(run(burst).actions).slice(-2)).toMatchObject([
      { type: 'error', code: 'rate-limited', retryable: true },
      'end',
    ]);
    let state = run(burst.slice(1)).state;
    for (let second = 1; second <= 3; second++) {
      for (let index = 0; index < 20; index++) {
        const next = machine.step(state, { fact: ping, moment: moment(second * 1_000) });
        expect(sent(next.actions)).toMatchObject([{ type: 'pong' }]);
        state = next.state;
      }
    }
  });

  it('survives whatever is said, before and after being stored', () => {
    const word = fc.constantFrom('subscribe', 'unsubscribe', 'publish', 'presence', 'ping', '__proto__');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('a', 'earliest', 'enter', ['a', 'b'], [{ topic: 'a', type: 't' }]),
    );
    const names = ['id', 'topics', 'topic', 'since', 'presence', 'event', 'events', 'key', 'action', 'info'];
    const message = fc
      .tuple(word, fc.dictionary(fc.constantFrom(...names), value))
      .map(([type, members]) => JSON.stringify({ ...members, type }));
    fc.assert(
      fc.property(fc.array(fc.oneof(message, fc.string(), fc.json()), { maxLength: 8 }), (messages) => {
        let whole = fresh();
        let stored = fresh();
        for (const each of messages) {
          const input = { fact: text(each), moment: moment() };
          const one = machine.step(whole, input);
          const other = machine.step(JSON.parse(JSON.stringify(stored)) as SessionState, input);
          expect(JSON.stringify(other)).toBe(JSON.stringify(one));
          whole = one.state;
          stored = other.state;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('lets a bug through instead of calling it a bad message', () => {
    const broken = {
      ...LIMITS,
      get app(): string {
        throw new TypeError('a bug');
      },
    };
    const input = { fact: text({ type: 'subscribe', topics: ['a'] }), moment: moment() };
    expect(() => eventsSession(broken).step(fresh(), input)).toThrow(TypeError);
  });
});
