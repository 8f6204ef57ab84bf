import type { Conversation } from '@carillon/conformance';
import { formatToken } from '@carillon/core';
import { REFUSALS } from '../refusals.ts';
import { newSession } from '../session.ts';
import type { Action, Fact, SessionInput, SessionState } from '../session-state.ts';
import type { WantedStream } from '../streams.ts';

const EPOCH = 'k3v9x2ab';
function input(fact: Fact, positions: Record<string, number> = {}): SessionInput {
  return { fact, positions, epoch: EPOCH };
}

export function says(message: unknown): SessionInput {
  return input({ kind: 'message', text: typeof message === 'string' ? message : JSON.stringify(message) });
}

function locate(stream: WantedStream, more: { mark?: string | number; since?: string } = {}): Action {
  return { kind: 'locate', stream, since: more.since, mark: more.mark };
}

export function located(stream: WantedStream, after: number, more: Partial<Extract<Fact, { kind: 'located' }>> = {}) {
  return input({ kind: 'located', stream, after, mark: undefined, gap: undefined, ...more });
}

function error(words: object): Action {
  return { kind: 'send', text: JSON.stringify(words) };
}

function notice(event: string, payload: object): Action {
  return { kind: 'send', text: JSON.stringify({ stream: [], event, payload: JSON.stringify(payload) }) };
}

const at = (position: number) => formatToken({ position, epoch: EPOCH });
const address = { stream: undefined, tag: undefined, list: undefined, since: undefined };
const ignored = (value: unknown) => ({ input: says(value), actions: [] });

/** Conversations of sessions with room for three streams. */
export const CONVERSATIONS: readonly Conversation<SessionState, SessionInput, Action>[] = [
  {
    name: 'subscribes and unsubscribes without a word',
    start: newSession(['read']),
    steps: [
      { input: says({ type: 'subscribe', stream: 'public:local' }), actions: [locate({ name: 'public:local' })] },
      {
        input: located({ name: 'public:local' }, 5),
        actions: [{ kind: 'read', stream: { name: 'public:local' }, after: 5 }],
      },
      { input: says({ type: 'subscribe', stream: ['public:local', 'user'] }), actions: [] },
      {
        input: says({ type: 'unsubscribe', stream: 'public:local' }),
        actions: [{ kind: 'forget', stream: { name: 'public:local' } }],
      },
      { input: says({ type: 'unsubscribe', stream: 'public:local' }), actions: [] },
    ],
  },
  {
    name: 'keeps spellings apart',
    start: newSession(['read']),
    steps: [
      {
        input: located({ name: 'hashtag', parameter: 'FöoBar' }, 1),
        actions: [{ kind: 'read', stream: { name: 'hashtag', parameter: 'FöoBar' }, after: 1 }],
      },
      {
        input: says({ type: 'subscribe', stream: 'hashtag', tag: 'foobar' }),
        actions: [locate({ name: 'hashtag', parameter: 'foobar' })],
      },
      { input: says({ type: 'subscribe', stream: 'hashtag', tag: 'FöoBar' }), actions: [] },
      {
        input: says({ type: 'subscribe', stream: 'list', list: 12 }),
        actions: [locate({ name: 'list', parameter: 12 })],
      },
      {
        input: says({ type: 'subscribe', stream: 'list', list: '12' }),
        actions: [locate({ name: 'list', parameter: '12' })],
      },
    ],
  },
  {
    name: 'ignores what is no message',
    start: newSession(['read']),
    steps: [
      ignored('{'),
      ignored(''),
      ignored('7'),
      ignored('null'),
      ignored('"subscribe"'),
      ignored([{ type: 'subscribe', stream: 'user' }]),
      ignored({ type: 'ping' }),
      ignored({ stream: 'user' }),
      ignored({ type: 'SUBSCRIBE', stream: 'user' }),
    ],
  },
  {
    name: 'refuses in Mastodon’s words',
    start: newSession(['read:statuses']),
    steps: [
      {
        input: says({ type: 'subscribe', stream: 'local' }),
        actions: [error({ error: 'Unknown stream type', status: 400 })],
      },
      { input: says({ type: 'subscribe' }), actions: [error({ error: 'Unknown stream type', status: 400 })] },
      {
        input: says({ type: 'subscribe', stream: 'hashtag' }),
        actions: [error({ error: 'Missing tag name parameter', status: 400 })],
      },
      {
        input: says({ type: 'subscribe', stream: 'hashtag:local', tag: '' }),
        actions: [error({ error: 'Missing tag name parameter', status: 400 })],
      },
      {
        input: says({ type: 'subscribe', stream: 'hashtag', tag: 7 }),
        actions: [error({ error: 'An unexpected error occurred', status: 500 })],
      },
      {
        input: says({ type: 'subscribe', stream: 'list' }),
        actions: [error({ error: 'Missing list name parameter', status: 400 })],
      },
      {
        input: says({ type: 'subscribe', stream: 'list', list: 'friends' }),
        actions: [error({ error: 'Not authorized to stream this list', status: 401 })],
      },
      {
        input: input({ kind: 'refused', refusal: REFUSALS.foreignList, mark: undefined }),
        actions: [error({ error: 'Not authorized to stream this list', status: 401 })],
      },
      {
        input: says({ type: 'subscribe', stream: 'user:notification' }),
        actions: [error({ error: 'Access token does not have the required scopes', status: 401 })],
      },
      {
        input: says({ type: 'unsubscribe', stream: 'local' }),
        actions: [error({ error: 'Error unsubscribing from channel' })],
      },
      {
        input: says({ type: 'unsubscribe', stream: 'hashtag' }),
        actions: [error({ error: 'Error unsubscribing from channel' })],
      },
    ],
  },
  {
    name: 'needs a scope before anything else',
    start: newSession(['write', 'profile']),
    steps: ['user', 'public', 'hashtag', 'nonsense', 'user:notification'].map((stream) => ({
      input: says({ type: 'subscribe', stream }),
      actions: [error({ error: 'Access token does not have the required scopes', status: 401 })],
    })),
  },
  {
    name: 'ends at bytes',
    start: newSession(['read']),
    steps: [
      {
        input: input({ kind: 'binary' }),
        actions: [
          { kind: 'end', code: 1003, reason: 'The mastodon streaming server does not support binary messages' },
        ],
      },
    ],
  },
  {
    name: 'subscribes to what the address names',
    start: newSession(['read']),
    steps: [
      { input: input({ kind: 'address', query: address }), actions: [] },
      {
        input: input({ kind: 'address', query: { ...address, stream: 'list', list: '12', since: at(4) } }),
        actions: [locate({ name: 'list', parameter: '12' }, { since: at(4) })],
      },
      {
        input: input({ kind: 'address', query: { ...address, stream: 'hashtag' } }),
        actions: [error({ error: 'Missing tag name parameter', status: 400 })],
      },
    ],
  },
  {
    name: 'answers whoever gives a mark',
    start: newSession(['read']),
    steps: [
      { input: says({ type: 'subscribe', stream: 'user', ack: 1 }), actions: [locate({ name: 'user' }, { mark: 1 })] },
      {
        input: located({ name: 'user' }, 5, { mark: 1 }),
        actions: [
          notice('subscribed', { ack: 1, stream: ['user'], id: at(5) }),
          { kind: 'read', stream: { name: 'user' }, after: 5 },
        ],
      },
      {
        input: { ...says({ type: 'subscribe', stream: 'user', ack: 'b' }), positions: { '["user"]': 9 } },
        actions: [notice('subscribed', { ack: 'b', stream: ['user'], id: at(9) })],
      },
      {
        input: says({ type: 'subscribe', stream: 'x', ack: 'c' }),
        actions: [error({ error: 'Unknown stream type', status: 400, ack: 'c' })],
      },
      {
        input: says({ type: 'unsubscribe', stream: 'user', ack: 2 }),
        actions: [{ kind: 'forget', stream: { name: 'user' } }, notice('unsubscribed', { ack: 2, stream: ['user'] })],
      },
      {
        input: says({ type: 'unsubscribe', stream: 'user', ack: 3 }),
        actions: [notice('unsubscribed', { ack: 3, stream: ['user'] })],
      },
      {
        input: says({ type: 'unsubscribe', stream: 'x', ack: 4 }),
        actions: [error({ error: 'Error unsubscribing from channel', ack: 4 })],
      },
    ],
  },
  {
    name: 'begins anew where it is told to, and says what is missing',
    start: newSession(['read']),
    steps: [
      { input: located({ name: 'user' }, 5), actions: [{ kind: 'read', stream: { name: 'user' }, after: 5 }] },
      {
        input: says({ type: 'subscribe', stream: 'user', since: at(2) }),
        actions: [locate({ name: 'user' }, { since: at(2) })],
      },
      {
        input: located({ name: 'user' }, 3, { gap: 'removed' }),
        actions: [
          notice('gap', { stream: ['user'], id: at(3), reason: 'removed' }),
          { kind: 'read', stream: { name: 'user' }, after: 3 },
        ],
      },
    ],
  },
  {
    name: 'has room for so many streams',
    start: newSession(['read']),
    steps: [
      ...(['user', 'public', 'direct'] as const).map((name) => ({
        input: located({ name }, 1),
        actions: [{ kind: 'read', stream: { name }, after: 1 } as const],
      })),
      {
        input: says({ type: 'subscribe', stream: 'public:local' }),
        actions: [error({ error: 'Too many subscriptions', status: 429 })],
      },
      {
        input: says({ type: 'subscribe', stream: 'user', since: at(1) }),
        actions: [locate({ name: 'user' }, { since: at(1) })],
      },
    ],
  },
  {
    name: 'forgets a list that is gone, and says so where nobody minds',
    start: newSession(['read']),
    steps: [
      {
        input: located({ name: 'list', parameter: '12' }, 1),
        actions: [{ kind: 'read', stream: { name: 'list', parameter: '12' }, after: 1 }],
      },
      {
        input: input({ kind: 'ended', stream: { name: 'list', parameter: '12' } }),
        actions: [
          { kind: 'forget', stream: { name: 'list', parameter: '12' } },
          notice('ended', { stream: ['list', '12'] }),
        ],
      },
      { input: input({ kind: 'ended', stream: { name: 'list', parameter: '12' } }), actions: [] },
    ],
  },
];
