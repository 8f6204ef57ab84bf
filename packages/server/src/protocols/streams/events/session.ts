import { CarillonError, type Position, showTopic, toErrorValue } from '@carillon/core';
import type { Goodbye, SessionMachine, Step as StepOf } from '../../../transport/index.ts';
import type {
  Action,
  Fact,
  Moment,
  SessionInput,
  SessionLimits,
  SessionState,
  SubscribedTopic,
} from './session-state.ts';
import {
  type ClientMessage,
  decodeMessage,
  type MessageId,
  openEnvelope,
  type PresenceAction,
  readObject,
} from './wire/message.ts';
import { say } from './wire/say.ts';

export function newSession(connection: string, moment: Moment, messageBurst: number): SessionState {
  const budget = { left: messageBurst, atMs: moment.nowMs };
  return { connection, subscriptions: [], present: [], position: moment.position, budget };
}

/** The sessions of a server: what is the same for all connections of an app is made once. */
export interface Sessions {
  of(app: string): SessionMachine<SessionState, SessionInput, Action>;
}

export function createSessions(limits: Omit<SessionLimits, 'app'>): Sessions {
  const known = new Map<string, SessionMachine<SessionState, SessionInput, Action>>();
  return {
    of(app) {
      let machine = known.get(app);
      if (!machine) known.set(app, (machine = eventsSession({ ...limits, app })));
      return machine;
    },
  };
}

/** The conversation of one WebSocket. */
export function eventsSession(limits: SessionLimits): SessionMachine<SessionState, SessionInput, Action> {
  return { name: 'events', step: (state, { fact, moment }) => step(state, fact, moment, limits) };
}

type Step = StepOf<SessionState, Action>;

function step(before: SessionState, fact: Fact, moment: Moment, limits: SessionLimits): Step {
  const state = { ...before, position: moment.position };
  switch (fact.kind) {
    case 'message':
      return hear(state, fact.text, moment, limits);
    case 'binary':
      return end(state, new CarillonError('bad-request', 'messages are JSON text, not bytes'), 'limit');
    case 'located': {
      const { id, topics, presence, after, token, gap } = fact;
      return {
        state: { ...state, subscriptions: withTopics(state.subscriptions, topics, after, presence) },
        actions: [
          { kind: 'send', text: say.subscribed(id, show(topics, limits), token, gap) },
          { kind: 'read', topics, after },
        ],
      };
    }
    case 'published':
      return answer(state, say.published(fact.id, fact.positions, fact.duplicate));
    case 'members': {
      const present = presentAfter(state.present, fact.topic, fact.action);
      return answer({ ...state, present }, say.members(fact.id, showTopic(fact.topic, limits.app), fact.members));
    }
    case 'presence': {
      const wanted = state.subscriptions.some(({ topic, presence }) => presence && topic === fact.topic);
      if (!wanted) return { state, actions: [] };
      return answer(state, say.presence(showTopic(fact.topic, limits.app), fact.action, fact.member));
    }
    case 'refused':
      return answer(state, say.error(fact.id, fact.error));
  }
}

function hear(before: SessionState, text: string, moment: Moment, limits: SessionLimits): Step {
  const budget = spend(before.budget, moment.nowMs, limits);
  const state = { ...before, budget };
  if (budget.left < 0) return end(state, new CarillonError('rate-limited', 'too many messages'), 'limit');
  let id: MessageId | undefined;
  try {
    const object = readObject(text);
    if (!object) return end(state, new CarillonError('bad-request', 'a message must be a JSON object'), 'limit');
    const envelope = openEnvelope(text, object);
    id = envelope.id;
    return obey(state, id, decodeMessage(envelope, limits), moment, limits);
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error;
    return answer(state, say.error(id, toErrorValue(error)));
  }
}

function obey(
  state: SessionState,
  id: MessageId | undefined,
  message: ClientMessage,
  moment: Moment,
  limits: SessionLimits,
): Step {
  switch (message.type) {
    case 'subscribe': {
      const { topics, presence, from } = message;
      const all = new Set([...topics, ...state.subscriptions.map(({ topic }) => topic)]);
      checkRoom(all.size, limits.maxTopics, 'topics');
      return { state, actions: [{ kind: 'locate', id, topics, presence, from }] };
    }
    case 'unsubscribe': {
      const { topics } = message;
      const subscriptions = state.subscriptions.filter(({ topic }) => !topics.includes(topic));
      return {
        state: { ...state, subscriptions },
        actions: [
          { kind: 'forget', topics },
          { kind: 'send', text: say.unsubscribed(id, show(topics, limits)) },
        ],
      };
    }
    case 'publish':
      return { state, actions: [{ kind: 'publish', id, events: message.events, key: message.key }] };
    case 'presence': {
      const { topic, action, info } = message;
      if (action === 'enter') {
        checkRoom(new Set([topic, ...state.present]).size, limits.maxPresenceTopics, 'presence lists');
      }
      return { state, actions: [{ kind: 'presence', id, topic, action, info }] };
    }
    case 'ping':
      return answer(state, say.pong(id, moment.token));
  }
}

function answer(state: SessionState, text: string): Step {
  return { state, actions: [{ kind: 'send', text }] };
}

function end(state: SessionState, error: CarillonError, reason: Goodbye): Step {
  return {
    state,
    actions: [
      { kind: 'send', text: say.error(undefined, toErrorValue(error)) },
      { kind: 'end', reason },
    ],
  };
}

/** A token bucket: it fills by the second and never holds more than the burst. */
function spend(budget: SessionState['budget'], nowMs: number, limits: SessionLimits): SessionState['budget'] {
  const elapsedMs = Math.max(0, nowMs - budget.atMs);
  const filled = Math.min(limits.messageBurst, budget.left + (elapsedMs * limits.messagesPerSecond) / 1_000);
  return { left: filled - 1, atMs: nowMs };
}

function checkRoom(count: number, limit: number, what: string): void {
  if (count <= limit) return;
  throw new CarillonError('too-large', `a connection has at most ${limit} ${what}`, { facts: { limit } });
}

function show(topics: readonly string[], { app }: SessionLimits): readonly string[] {
  return topics.map((topic) => showTopic(topic, app));
}

/** A topic subscribed again takes its newest wish about presence. */
function withTopics(
  before: readonly SubscribedTopic[],
  topics: readonly string[],
  since: Position,
  presence: boolean,
): readonly SubscribedTopic[] {
  const added = new Set(topics);
  return [...before.filter(({ topic }) => !added.has(topic)), ...topics.map((topic) => ({ topic, since, presence }))];
}

function presentAfter(present: readonly string[], topic: string, action: PresenceAction): readonly string[] {
  if (action === 'list') return present;
  const others = present.filter((name) => name !== topic);
  return action === 'enter' ? [...others, topic] : others;
}
