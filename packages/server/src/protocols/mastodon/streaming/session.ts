import { formatToken } from '@carillon/core';
import type { SessionMachine, Step as StepOf } from '../../../transport/index.ts';
import { isRefusal } from './identify.ts';
import { REFUSALS, type Refusal, readWish, type Wish } from './refusals.ts';
import type { Action, Fact, Mark, SessionInput, SessionLimits, SessionState, Subscription } from './session-state.ts';
import { streamKey, type WantedStream } from './streams.ts';
import { type Notice, noticeText } from './wire.ts';

type Step = StepOf<SessionState, Action>;

/** Leaving a stream needs no right. */
const ALL_SCOPES = ['read'];
const UNSUPPORTED_DATA = 1003;
const NO_BINARY = 'The mastodon streaming server does not support binary messages';
/** Longer ones are no marks: an answer must not be larger than its request's purpose. */
const MAX_MARK = 100;

export function newSession(scopes: readonly string[]): SessionState {
  return { scopes, subscriptions: [] };
}

/** The conversation of one WebSocket. */
export function streamingSession(limits: SessionLimits): SessionMachine<SessionState, SessionInput, Action> {
  return { name: 'mastodon streaming', step: (state, input) => step(atPositions(state, input), input, limits) };
}

function atPositions(state: SessionState, { positions }: SessionInput): SessionState {
  const subscriptions = state.subscriptions.map(({ stream, position }) => ({
    stream,
    position: positions[streamKey(stream)] ?? position,
  }));
  return { ...state, subscriptions };
}

interface Context extends SessionLimits {
  readonly epoch: string;
}

function step(state: SessionState, { fact, epoch }: SessionInput, limits: SessionLimits): Step {
  const context = { ...limits, epoch };
  switch (fact.kind) {
    case 'message':
      return hear(state, fact.text, context);
    case 'binary':
      return { state, actions: [{ kind: 'end', code: UNSUPPORTED_DATA, reason: NO_BINARY }] };
    case 'address': {
      const { stream, since, ...parameters } = fact.query;
      if (!stream) return nothing(state);
      return subscribe(state, { name: stream, ...parameters }, { since, mark: undefined }, context);
    }
    case 'located':
      return begin(state, fact, context);
    case 'refused':
      return refuse(state, fact.refusal, fact.mark);
    case 'ended':
      return end(state, fact.stream);
  }
}

function hear(state: SessionState, text: string, context: Context): Step {
  const message = readMessage(text);
  if (!message) return nothing(state);
  const { type, tag, list } = message;
  const wish = { name: Array.isArray(message.stream) ? message.stream[0] : message.stream, tag, list };
  const mark = readMark(message.ack);
  const since = typeof message.since === 'string' && message.since !== '' ? message.since : undefined;
  if (type === 'subscribe') return subscribe(state, wish, { since, mark }, context);
  if (type === 'unsubscribe') return unsubscribe(state, wish, mark);
  return nothing(state);
}

interface Options {
  readonly since: string | undefined;
  readonly mark: Mark | undefined;
}

/** One that is subscribed already goes on as it was, unless it names a place to begin anew. */
function subscribe(state: SessionState, wish: Wish, { since, mark }: Options, context: Context): Step {
  const stream = readWish(wish, state.scopes);
  if (isRefusal(stream)) return refuse(state, stream, mark);
  const known = find(state, stream);
  if (known && since === undefined) return acknowledge(state, 'subscribed', mark, placeOf(known, context));
  if (!known && state.subscriptions.length >= context.maxSubscriptions) return refuse(state, REFUSALS.tooMany, mark);
  return { state, actions: [{ kind: 'locate', stream, since, mark }] };
}

function begin(state: SessionState, fact: Extract<Fact, { kind: 'located' }>, context: Context): Step {
  const { stream, after, gap, mark } = fact;
  const subscription = { stream, position: after };
  const place = placeOf(subscription, context);
  const { actions } = acknowledge(state, 'subscribed', mark, place);
  const missing = gap === undefined ? [] : [send(noticeText('gap', { ...place, reason: gap }))];
  return {
    state: { ...state, subscriptions: [...without(state, stream), subscription] },
    actions: [...actions, ...missing, { kind: 'read', stream, after }],
  };
}

function unsubscribe(before: SessionState, wish: Wish, mark: Mark | undefined): Step {
  const stream = readWish(wish, ALL_SCOPES);
  if (isRefusal(stream)) return tell(before, { error: 'Error unsubscribing from channel', ...marked(mark) });
  const known = find(before, stream);
  const { state, actions } = acknowledge(before, 'unsubscribed', mark, { stream: namesOf(stream) });
  if (!known) return { state, actions };
  const subscriptions = without(state, stream);
  return { state: { ...state, subscriptions }, actions: [{ kind: 'forget', stream }, ...actions] };
}

function end(state: SessionState, stream: WantedStream): Step {
  if (!find(state, stream)) return nothing(state);
  const notice = send(noticeText('ended', { stream: namesOf(stream) }));
  const subscriptions = without(state, stream);
  return { state: { ...state, subscriptions }, actions: [{ kind: 'forget', stream }, notice] };
}

function acknowledge(state: SessionState, notice: Notice, mark: Mark | undefined, facts: object): Step {
  return mark === undefined
    ? nothing(state)
    : { state, actions: [send(noticeText(notice, { ...marked(mark), ...facts }))] };
}

function refuse(state: SessionState, { error, status }: Refusal, mark: Mark | undefined): Step {
  return tell(state, { error, status, ...marked(mark) });
}

function tell(state: SessionState, message: object): Step {
  return { state, actions: [send(JSON.stringify(message))] };
}

function placeOf({ stream, position }: Subscription, { epoch }: Context): { stream: unknown; id: string } {
  return { stream: namesOf(stream), id: formatToken({ position, epoch }) };
}

function namesOf(stream: WantedStream): unknown {
  return JSON.parse(streamKey(stream));
}

function nothing(state: SessionState): Step {
  return { state, actions: [] };
}

function send(text: string): Action {
  return { kind: 'send', text };
}

function marked(mark: Mark | undefined): object {
  return mark === undefined ? {} : { ack: mark };
}

function find(state: SessionState, stream: WantedStream): Subscription | undefined {
  const key = streamKey(stream);
  return state.subscriptions.find((known) => streamKey(known.stream) === key);
}

function without(state: SessionState, stream: WantedStream): readonly Subscription[] {
  const key = streamKey(stream);
  return state.subscriptions.filter((known) => streamKey(known.stream) !== key);
}

/** Anything but an object is ignored, as Mastodon does. */
function readMessage(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function readMark(value: unknown): Mark | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && value.length <= MAX_MARK ? value : undefined;
}
