import { toErrorValue } from '@carillon/core';
import * as z from 'zod';
import {
  accountSnapshots,
  deletePost,
  editPost,
  movePost,
  type PostView,
  postById,
  reactionsOf,
  readingFlagsOf,
} from '../../../domain/index.ts';
import { sourceOf, toFlags, toMessage, toReaction } from '../entities/index.ts';
import { alias, type Call, type Endpoint, endpoint, json, optional, otherwise, Refusal, text } from '../http/index.ts';
import { readTopic } from './send.ts';
import { writeBody } from './write-body.ts';

const MODES = { change_one: 'one', change_later: 'later', change_all: 'all' } as const;

/** Single messages (zulip.com/api/get-message, update-message, delete-message). */
export const messageEndpoints: readonly Endpoint[] = [
  endpoint('GET /messages/:id', {
    access: 'read',
    about: 'One message, and its source.',
    parameters: {
      apply_markdown: otherwise(true, json('Whether `content` is HTML.', z.boolean())),
      client_gravatar: otherwise(true, json('Whether the client finds pictures by addresses itself.', z.boolean())),
      allow_empty_topic_name: otherwise(
        false,
        json('Whether the client can show a topic without a name.', z.boolean()),
      ),
    },
    run: async (call, asked) => {
      const { post } = await theMessage(call);
      const look = {
        markdown: asked.apply_markdown,
        gravatar: asked.client_gravatar,
        emptyTopics: asked.allow_empty_topic_name,
      };
      const [flags] = await call.query(readingFlagsOf, { viewer: call.viewer, posts: [post.id] });
      const message = {
        ...toMessage(post, call.site, look),
        reactions: await reactions(call, post.id),
        flags: flags ? toFlags(flags) : [],
      };
      return { raw_content: sourceOf(post), message };
    },
  }),
  endpoint('PATCH /messages/:id', {
    access: 'write',
    about: 'Edits a message, or moves it to another topic or channel.',
    parameters: {
      content: optional(text('Its new text in Markdown.')),
      topic: optional(alias('subject', text('Its new topic.'))),
      stream_id: optional(json('The channel that it moves to.', z.int())),
      propagate_mode: otherwise(
        'change_one',
        text(
          'What moves: `change_one`, `change_later` or `change_all`.',
          z.enum(['change_one', 'change_later', 'change_all']),
        ),
      ),
      send_notification_to_old_thread: otherwise(false, json('Taken and without effect.', z.boolean())),
      send_notification_to_new_thread: otherwise(true, json('Taken and without effect.', z.boolean())),
    },
    run: async (call, { content, topic, stream_id: channel, propagate_mode: mode }) => {
      if (content === undefined && topic === undefined && channel === undefined) throw new Refusal('Nothing to change');
      if (content !== undefined && channel !== undefined) {
        throw new Refusal('Cannot change message content while changing channel');
      }
      const view = await theMessage(call);
      if (content !== undefined) await edit(call, view, content);
      if (topic !== undefined || channel !== undefined) {
        // Z.enum says that it is one of them.
        await move(call, view, { topic, channel, mode: MODES[mode as keyof typeof MODES] });
      }
      return { detached_uploads: [] };
    },
  }),
  endpoint('DELETE /messages/:id', {
    access: 'write',
    about: 'Deletes a message of one’s own.',
    parameters: {},
    run: async (call) => {
      const { post } = await theMessage(call);
      if (post.author.id !== call.viewer) throw new Refusal("You don't have permission to delete this message");
      await call.run(deletePost, { actor: call.viewer, id: post.id });
      return {};
    },
  }),
];

/** The message of the path as whoever asks may see it; throws for others. Shares of messages are none. */
export async function theMessage(call: Call): Promise<PostView> {
  const id = call.id();
  const view = id === undefined ? undefined : await call.query(postById, { viewer: call.viewer, id });
  if (view && view.post.shared === null) return view;
  throw new Refusal('Invalid message(s)');
}

async function reactions(call: Call, post: number) {
  const [found] = await call.query(reactionsOf, { viewer: call.viewer, posts: [post] });
  const all = found?.reactions ?? [];
  const ids = [...new Set(all.map(({ account }) => account))];
  const known = ids.length === 0 ? [] : await call.query(accountSnapshots, { ids });
  const accounts = new Map(known.map((account) => [account.id, account]));
  return all.map((reaction) => toReaction(reaction, accounts.get(reaction.account), call.site));
}

async function edit(call: Call, { post }: PostView, content: string): Promise<void> {
  if (post.author.id !== call.viewer) throw new Refusal("You don't have permission to edit this message");
  const written = await writeBody(call, content.trim() === '' ? '(deleted)' : content);
  const { language, sensitive, warning } = post;
  await call.run(editPost, {
    actor: call.viewer,
    id: post.id,
    body: {
      ...written,
      ...{ language, sensitive, warning },
      media: post.media.map(({ id }) => id),
      // Whoever takes part in a direct message stays in it.
      mentions: post.visibility === 'direct' ? post.mentions.map(({ id }) => id) : written.mentions,
    },
  });
}

interface Move {
  readonly topic: string | undefined;
  readonly channel: number | undefined;
  readonly mode: 'one' | 'later' | 'all';
}

async function move(call: Call, { post }: PostView, { topic, channel, mode }: Move): Promise<void> {
  if (post.visibility === 'direct') throw new Refusal('Direct messages cannot have topics or be moved to channels.');
  const wanted = {
    actor: call.viewer,
    id: post.id,
    mode,
    ...(topic === undefined ? {} : { topic: readTopic(topic) }),
    ...(channel === undefined ? {} : { channel }),
  };
  await call.run(movePost, wanted).catch((error: unknown) => {
    const { code, facts } = toErrorValue(error);
    if (code === 'not-found') throw new Refusal('Invalid channel ID');
    if (code !== 'forbidden') throw error;
    if (facts.reason === 'move-limit') throw tooLate(facts);
    throw new Refusal("You don't have permission to move this message");
  });
}

function tooLate({
  total = 0,
  allowed = 0,
  firstAllowed,
}: Readonly<Record<string, string | number | boolean>>): Refusal {
  return new Refusal(`You only have permission to move the ${allowed}/${total} most recent messages in this topic.`, {
    code: 'MOVE_MESSAGES_TIME_LIMIT_EXCEEDED',
    extra: {
      ...(firstAllowed === undefined ? {} : { first_message_id_allowed_to_move: firstAllowed }),
      total_messages_in_topic: total,
      total_messages_allowed_to_move: allowed,
    },
  });
}
