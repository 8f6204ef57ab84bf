import { hash } from 'node:crypto';
import { type IdempotencyKey, toErrorValue } from '@carillon/core';
import * as z from 'zod';
import { createPost, type NewPost } from '../../../domain/index.ts';
import { channelName, EMPTY_TOPIC } from '../entities/index.ts';
import { alias, type Call, type Endpoint, endpoint, json, optional, Refusal, text } from '../http/index.ts';
import { readChannel, readPeople } from './recipient.ts';
import { writeBody } from './write-body.ts';

const parameters = {
  type: text('`stream` or `channel`, `private` or `direct`.', z.enum(['stream', 'channel', 'private', 'direct'])),
  to: text('A channel, or people: ids, names, addresses, in JSON or bare.'),
  content: text('The message in Markdown.'),
  topic: optional(alias('subject', text('The topic within a channel.'))),
  queue_id: optional(text('The queue of the client, for its echo of the message.')),
  local_id: optional(
    text('How the client calls the message; with a queue, sending it again sends nothing more.', z.string().max(255)),
  ),
  read_by_sender: optional(json('Whether its author has read it.', z.boolean())),
};

/** Sending (zulip.com/api/send-message). */
export const sendEndpoints: readonly Endpoint[] = [
  endpoint('POST /messages', {
    access: 'write',
    about: 'Sends a message to a channel or to people.',
    parameters,
    run: async (call, asked) => {
      const { type, to, content, topic, queue_id: queue, local_id: local, read_by_sender: isRead } = asked;
      const body = await writeBody(call, content);
      const isDirect = type === 'private' || type === 'direct';
      const place = isDirect ? await toPeople(call, to) : await toChannel(call, to, topic);
      const application = { name: call.client, website: null };
      const { channelTitle, mentions = body.mentions, ...where } = place;
      const post: NewPost = {
        actor: call.viewer,
        ...where,
        body: { ...body, mentions },
        application,
        ...(isRead === undefined ? {} : { readBySender: isRead }),
      };
      const { post: made } = await call
        .run(createPost, post, repeatOf(call, asked, queue, local))
        .catch((error: unknown) => {
          if (toErrorValue(error).code !== 'forbidden') throw error;
          throw new Refusal(`Not authorized to send to channel '${channelTitle}'`);
        });
      return { id: made.id };
    },
  }),
];

interface Place extends Pick<NewPost, 'visibility' | 'channel' | 'topic'> {
  readonly channelTitle?: string;
  /** Whoever takes part in a direct message, and nobody else who is named in it. */
  readonly mentions?: readonly number[];
}

async function toPeople(call: Call, to: string): Promise<Place> {
  const who = await readPeople(call, to);
  return { visibility: 'direct', mentions: who.map(({ id }) => id).filter((id) => id !== call.viewer) };
}

async function toChannel(call: Call, to: string, topic: string | undefined): Promise<Place> {
  const channel = await readChannel(call, to);
  if (topic === undefined) throw new Refusal('Missing topic');
  const visibility = channel.access === 'open' ? 'public' : 'followers';
  return { visibility, channel: channel.id, topic: readTopic(topic), channelTitle: channelName(channel) };
}

/** A topic without a name goes by two, for clients that must name one. */
export function readTopic(topic: string): string {
  const text = topic.trim();
  return text === '(no topic)' || text === EMPTY_TOPIC ? '' : text;
}

/** Sending again what was sent changes nothing: by the client's own name for it, or by `Idempotency-Key`. */
function repeatOf(call: Call, asked: object, queue?: string, local?: string): IdempotencyKey | undefined {
  const header = call.context.req.header('idempotency-key');
  const key = header ?? (queue === undefined || local === undefined ? undefined : `${queue} ${local}`);
  if (key === undefined || key === '') return undefined;
  if (key.length > 500) throw new Refusal('Idempotency-Key is too long (limit: 500 characters)');
  return {
    scope: `zulip:account:${call.viewer}:POST /messages`,
    key: hash('sha256', key, 'base64url'),
    digest: hash('sha256', JSON.stringify(asked), 'base64url'),
  };
}
