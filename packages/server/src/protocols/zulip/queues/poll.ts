import { CarillonError } from '@carillon/core';
import * as z from 'zod';
import type { StreamRequest, StreamRoute } from '../../../transport/index.ts';
import type { ZulipDependencies } from '../dependencies.ts';
import { admit } from '../http/admit.ts';
import { refused, success } from '../http/answer.ts';
import { Refusal } from '../http/failure.ts';
import { createCounter } from '../http/limits.ts';
import { json, optional, otherwise, text } from '../http/parameter.ts';
import { ignoredFields, readParameters } from '../http/read-parameters.ts';
import type { Numbered } from './queues.ts';

const PATH = '/api/v1/events';
/** Below every client's read time-out, and not the same for all who began to wait together. */
const HEARTBEAT_MS = { least: 45_000, most: 55_000 };
const NEW_QUEUE_IDLE_S = 600;

const parameters = {
  queue_id: optional(text('Of `register`.')),
  last_event_id: optional(json('Everything up to here has been taken; -1 is the beginning.', z.int())),
  dont_block: otherwise(false, json('Answers at once.', z.boolean())),
};

/** `GET /events`: what happened since, or a wait for it (zulip.com/api/get-events). */
export function createPollRoute(deps: ZulipDependencies): StreamRoute {
  return { kind: 'stream', matches: ({ path }) => path === PATH, open: (request) => open(request, deps) };
}

async function open(request: StreamRequest, deps: ZulipDependencies): Promise<void> {
  const { count, said } = createCounter(deps);
  const respond = async (answer: Response): Promise<void> => {
    const { status, headers } = said(answer);
    request.respond(status, { ...Object.fromEntries(headers), Vary: 'Cookie' }, await answer.text());
  };
  try {
    const fields = new Map(request.search);
    const { authorization } = request.headers;
    const principal = await admit(deps, { authorization, address: request.address }, 'read', count);
    const ignored = ignoredFields(parameters, fields).filter((name) => name !== 'client');
    const { queue_id: queue, last_event_id: after, dont_block } = readParameters(parameters, fields);
    const { account } = principal;
    if (queue === undefined) {
      if (!dont_block) throw new Refusal("Missing 'queue_id' argument");
      return await respond(success({ queue_id: await freshQueue(account, deps), events: [] }, ignored));
    }
    if (after === undefined) throw new Refusal("Missing 'last_event_id' argument");
    if (!dont_block) request.park(principal);
    const waitMs = dont_block ? 0 : HEARTBEAT_MS.least + Math.random() * (HEARTBEAT_MS.most - HEARTBEAT_MS.least);
    const isValid = () => deps.gate.isValid(principal);
    const { events, upTo, isSuperseded } = await deps.queues.ask({
      ...{ account, queue, after, waitMs, isValid },
      signal: request.signal,
    });
    if (!isValid()) throw new CarillonError('unauthorized', 'Invalid API key');
    const isQuiet = events.length === 0 && !dont_block && !isSuperseded && !request.signal.aborted;
    const heartbeat: readonly Numbered[] = isQuiet ? [{ type: 'heartbeat', id: upTo }] : [];
    await respond(success({ events: [...events, ...heartbeat], queue_id: queue }, ignored));
  } catch (error) {
    if (!(error instanceof CarillonError)) deps.failed(error, PATH);
    await respond(refused(error));
  }
}

/** A client that asks at no queue, and does not wait, is given one without a state. */
async function freshQueue(account: number, { queues, log }: ZulipDependencies): Promise<string> {
  const wish = { account, options: {}, idleAfterS: NEW_QUEUE_IDLE_S, position: log.head.position };
  return (await queues.create(wish)).id;
}
