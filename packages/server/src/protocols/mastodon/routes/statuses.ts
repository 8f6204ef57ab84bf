import type * as z from 'zod';
import * as zod from 'zod';
import {
  createPost,
  deletePost,
  describeMedia,
  editPost,
  oauthAppById,
  type PostView,
  postById,
  postContext,
  postHistory,
  postingFacts,
  postsByIds,
} from '../../../domain/index.ts';
import { iso, readVisibility, toAccount, toDeletedStatus, toMedia } from '../entities/index.ts';
import { anyone, type Call, flag, found, HALF_AN_HOUR, idField, json, many, type Rest, user } from '../http/index.ts';
import { readFocus } from './media-fields.ts';
import { scheduleStatus, showScheduled } from './scheduled.ts';
import { showFor, showStatus, showStatuses, showThrough } from './show.ts';
import { changedStatus, newStatus } from './status-fields.ts';
import { writeBody } from './write-body.ts';

const READ = anyone('read:statuses');
const WRITE = user('write:statuses');
const DELETES = { name: 'deletes', calls: 30, windowMs: HALF_AN_HOUR };
const MOST_AT_ONCE = 40;

/** Writing and reading statuses (docs.joinmastodon.org/methods/statuses). */
export function statusRoutes(rest: Rest): void {
  rest.post('/api/v1/statuses', WRITE, create);
  rest.get('/api/v1/statuses', READ, several);
  rest.get('/api/v1/statuses/:id', READ, async (call) => showStatus(call, await theStatus(call)));
  rest.put('/api/v1/statuses/:id', WRITE, edit);
  rest.delete('/api/v1/statuses/:id', WRITE, remove, { limit: DELETES });
  rest.get('/api/v1/statuses/:id/context', READ, context);
  rest.get('/api/v1/statuses/:id/history', READ, history);
  rest.get('/api/v1/statuses/:id/source', user('read:statuses'), source);
}

/** The status of the path, as whoever asks may see it; throws for others. */
export async function theStatus(call: Call<number | null>): Promise<PostView> {
  return found(await call.query(postById, { viewer: call.viewer, id: call.id() }));
}

async function create(call: Call<number>) {
  const asked = await call.input(newStatus);
  const { settings, filters } = await call.query(postingFacts, { author: call.viewer });
  const body = await writeBody(call, {
    ...textOf(asked),
    sensitive: asked.sensitive ?? settings.sensitive,
    language: asked.language ?? settings.language,
  });
  const post = {
    visibility: asked.visibility === undefined ? settings.visibility : readVisibility(asked.visibility),
    body,
    ...(await applicationOf(call)),
    ...(asked.in_reply_to_id === undefined ? {} : { replyTo: asked.in_reply_to_id }),
  };
  const key = call.idempotency(asked);
  const dueAt = asked.scheduled_at ?? 0;
  // As in Mastodon, what is scheduled for a time that is over is posted at once.
  if (dueAt > call.deps.now()) return scheduleStatus(call, { dueAt, post, key });
  const { result, duplicate } = await call.deps.commands.run(createPost, { ...post, actor: call.viewer }, key);
  if (!duplicate) return showThrough(call, filters).status(result);
  return showAgain(call, result);
}

/** A repeat is told what the first call made, which its time may have made another thing meanwhile. */
async function showAgain(call: Call<number>, made: { readonly post?: { readonly id: number }; readonly id?: number }) {
  const { viewer } = call;
  if (!made.post) return showScheduled(call, made.id ?? 0);
  return showStatus(call, found(await call.query(postById, { viewer, id: made.post.id })));
}

/** The application that the token was given to. */
async function applicationOf({ principal, deps }: Call<number>) {
  if (principal?.oauthApp === undefined) return {};
  const { rows: app } = await deps.commands.query(oauthAppById, { id: principal.oauthApp });
  return app ? { application: { name: app.name, website: app.website } } : {};
}

/** The new version is all that was sent: what is left out is gone, but for the language. */
async function edit(call: Call<number>) {
  const asked = await call.input(changedStatus);
  const { post } = await theStatus(call);
  const body = await writeBody(call, {
    ...textOf(asked),
    sensitive: asked.sensitive ?? false,
    language: asked.language ?? post.language,
  });
  for (const { id, description, focus } of asked.media_attributes ?? []) {
    await call.run(describeMedia, {
      actor: call.viewer,
      id,
      post: post.id,
      ...(description === undefined ? {} : { description }),
      ...readFocus(focus),
    });
  }
  return showStatus(call, await call.run(editPost, { actor: call.viewer, id: post.id, body }));
}

/** Clients delete what they want to write anew: unless they say otherwise, its media can be shown again. */
async function remove(call: Call<number>) {
  const { delete_media = false } = call.search(zod.object({ delete_media: flag }));
  const gone = await call.run(deletePost, { actor: call.viewer, id: call.id(), keepMedia: !delete_media });
  return toDeletedStatus(found(gone), call.site, call.viewer);
}

async function several(call: Call<number | null>) {
  const { id: ids = [] } = call.search(zod.object({ id: many(idField) }));
  const wanted = [...new Set(ids)].slice(0, MOST_AT_ONCE);
  return showStatuses(
    call,
    wanted.length > 0 ? await call.query(postsByIds, { viewer: call.viewer, ids: wanted }) : [],
  );
}

async function context(call: Call<number | null>) {
  const around = found(await call.query(postContext, { viewer: call.viewer, id: call.id() }));
  const show = await showFor(call);
  return { ancestors: around.ancestors.map(show.status), descendants: around.descendants.map(show.status) };
}

async function history(call: Call<number | null>) {
  const { post, versions } = found(await call.query(postHistory, { viewer: call.viewer, id: call.id() }));
  const account = toAccount(post.post.author, call.site);
  return versions.map(({ html, warning, sensitive, createdAt, media }) => ({
    content: html,
    spoiler_text: warning,
    sensitive,
    created_at: iso(createdAt),
    account,
    media_attachments: media.map((each) => toMedia(each, call.site)),
    emojis: [],
    quote: null,
  }));
}

async function source(call: Call<number>) {
  const { post } = await theStatus(call);
  return json({ id: String(post.id), text: post.source.text, spoiler_text: post.warning });
}

function textOf({ status, spoiler_text, media_ids }: z.infer<typeof changedStatus>) {
  return { text: status ?? '', warning: spoiler_text ?? '', media: media_ids ?? [] };
}
