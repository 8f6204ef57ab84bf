import { CarillonError } from '@carillon/core';
import * as z from 'zod';
import { type AccountSnapshot, homeTimeline, members, ownAccount } from '../../../domain/index.ts';
import { type Site, toUser } from '../entities/index.ts';
import { type Call, type Endpoint, endpoint, json, optional, otherwise, Refusal, text } from '../http/index.ts';
import { checkNarrow } from '../queues/narrow.ts';
import type { QueueOptions } from '../queues/queue-options.ts';
import { ZULIP_FEATURE_LEVEL, ZULIP_VERSION } from '../version.ts';

const DEFAULT_IDLE_S = 600;
const MOBILE_IDLE_S = 43_200;
const MOST_IDLE_S = 604_800;
/** How often the state is read anew because something was written between its parts. */
const TRIES = 20;

const types = z.array(z.string().max(100)).max(200);
const flag = z.boolean();
const parameters = {
  event_types: optional(json('Types of events; all when absent. Unknown ones are passed over.', types)),
  fetch_event_types: optional(json('Which parts of the initial state; as `event_types` when absent.', types)),
  narrow: otherwise(
    [],
    json('Pairs of operator and operand that messages must fit.', z.array(z.tuple([z.string(), z.string()])).max(50)),
  ),
  all_public_streams: optional(json('Messages of all public channels too.', flag)),
  apply_markdown: otherwise(false, json('HTML instead of source.', flag)),
  client_gravatar: otherwise(true, json('Whether the client finds pictures by addresses itself.', flag)),
  slim_presence: otherwise(false, json('Presence by ids alone.', flag)),
  include_subscribers: otherwise(false, json('Subscribers within channels.', flag)),
  client_capabilities: optional(
    json(
      'What the client knows of newer shapes; with `notification_settings_null`, for the sake of old clients.',
      z.looseObject({ notification_settings_null: flag }),
    ),
  ),
  queue_lifespan_secs: optional(json('Older name of `idle_queue_timeout`.', z.int().min(0))),
  idle_queue_timeout: optional(
    json(
      'Seconds without a poll after which the queue is idle, or `"mobile"`.',
      z.union([z.int().min(0), z.literal('mobile')]),
    ),
  ),
  last_event_id: optional(
    json('The last event of a queue that is gone: the new one goes on there, as far as the log reaches back.', z.int()),
  ),
};

/** Event queues (zulip.com/api/register-queue, delete-queue). Their polls are `queues/poll.ts`. */
export const queueEndpoints: readonly Endpoint[] = [
  endpoint('POST /register', {
    access: 'read',
    about: 'Makes an event queue, and tells the state that its events go on from.',
    parameters,
    run: async (call, wanted) => {
      checkNarrow(wanted.narrow);
      const { position, state, isGuest } = await stateOf(call, wanted.fetch_event_types ?? wanted.event_types);
      if (wanted.all_public_streams && isGuest) throw new Refusal('User not authorized for this query');
      const idleAfterS = idleAfter(wanted.idle_queue_timeout ?? wanted.queue_lifespan_secs);
      const options = toOptions(wanted);
      const queue = await call.deps.queues.create({
        ...{ account: call.viewer, options, idleAfterS, position },
        ...(wanted.last_event_id === undefined ? {} : { resumeAfter: wanted.last_event_id }),
      });
      return {
        queue_id: queue.id,
        last_event_id: queue.since,
        idle_queue_timeout_secs: idleAfterS,
        zulip_version: ZULIP_VERSION,
        zulip_feature_level: ZULIP_FEATURE_LEVEL,
        zulip_merge_base: ZULIP_VERSION,
        ...state,
      };
    },
  }),
  endpoint('DELETE /events', {
    access: 'read',
    about: 'Ends an event queue; a poll that waits at it is answered with nothing.',
    parameters: { queue_id: text('Of `register`.') },
    run: async (call, { queue_id }) => {
      await call.deps.queues.end(call.viewer, queue_id);
      return {};
    },
  }),
];

function idleAfter(asked: number | 'mobile' | undefined): number {
  return asked === 'mobile' ? MOBILE_IDLE_S : Math.min(asked || DEFAULT_IDLE_S, MOST_IDLE_S);
}

type Wanted = {
  readonly [Name in keyof typeof parameters]: (typeof parameters)[Name] extends { schema: z.ZodType<infer Value> }
    ? Value
    : never;
};

function toOptions(wanted: Wanted): QueueOptions {
  const { event_types, narrow, client_capabilities = {} } = wanted;
  return {
    ...(event_types && { types: event_types }),
    ...(narrow.length > 0 && { narrow }),
    ...(wanted.all_public_streams && { allPublic: true }),
    ...(wanted.apply_markdown && { markdown: true }),
    ...(wanted.client_gravatar && { gravatar: true }),
    ...(wanted.slim_presence && { slimPresence: true }),
    ...(wanted.include_subscribers && { subscribers: true }),
    capabilities: Object.entries(client_capabilities)
      .filter(([, has]) => has === true)
      .map(([name]) => name),
  };
}

/** The state of the parts that are asked for, all of one position. */
async function stateOf({ deps: { commands }, viewer, site }: Call, asked: readonly string[] | undefined) {
  const isAsked = (part: string) => asked?.includes(part) ?? true;
  for (let tried = 0; tried < TRIES; tried++) {
    const own = await commands.query(ownAccount, { account: viewer });
    const newest = isAsked('message') && (await commands.query(homeTimeline, { viewer, page: { limit: 1 } }));
    const everybody = isAsked('realm_user') && (await commands.query(members, {}));
    const { position } = own;
    if ([newest, everybody].some((part) => part && part.position !== position)) continue;
    const { account, email } = own.rows;
    const state = {
      ...(newest && { max_message_id: newest.rows[0]?.post.id ?? -1 }),
      ...(everybody && { ...toUser(account, site, { deliveryEmail: email }), ...people(everybody.rows, site) }),
    };
    return { position, state, isGuest: account.role === 'guest' };
  }
  throw new CarillonError('unavailable', 'the state changed each time that it was read');
}

function people(everybody: readonly AccountSnapshot[], site: Site) {
  const [active, others] = [true, false].map((isActive) =>
    everybody.map((person) => toUser(person, site)).filter(({ is_active }) => is_active === isActive),
  );
  return { realm_users: active, realm_non_active_users: others, cross_realm_bots: [] };
}
