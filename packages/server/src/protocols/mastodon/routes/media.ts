import * as z from 'zod';
import { createMedia, deleteMedia, describeMedia, mediaById } from '../../../domain/index.ts';
import { toMedia } from '../entities/index.ts';
import { type Call, checked, found, HALF_AN_HOUR, type Rest, textField, user } from '../http/index.ts';
import { readFocus } from './media-fields.ts';
import { comingUpload, readUpload } from './read-upload.ts';

const WRITE = user('write:media');
const UPLOADS = { name: 'media', calls: 30, windowMs: HALF_AN_HOUR };
const words = z.object({ description: textField(10_000), focus: textField(100) });

/** Uploads (docs.joinmastodon.org/methods/media). Files are checked before the answer, so none is ever 202. */
export function mediaRoutes(rest: Rest): void {
  rest.post('/api/v2/media', WRITE, upload, { limit: UPLOADS });
  rest.post('/api/v1/media', WRITE, upload, { limit: UPLOADS });
  rest.get('/api/v1/media/:id', WRITE, async (call) =>
    toMedia(found(await call.query(mediaById, { viewer: call.viewer, id: call.id() })), call.site),
  );
  rest.put('/api/v1/media/:id', WRITE, async (call) => {
    const { description, focus } = await call.input(words);
    const media = await call.run(describeMedia, {
      actor: call.viewer,
      id: call.id(),
      ...(description === undefined ? {} : { description }),
      ...readFocus(focus),
    });
    return toMedia(media, call.site);
  });
  rest.delete('/api/v1/media/:id', WRITE, async (call) => {
    const { file, preview } = await call.run(deleteMedia, { actor: call.viewer, id: call.id() });
    await call.deps.media.remove(preview === null ? [file] : [file, preview]);
  });
}

async function upload(call: Call<number>) {
  const { media, settings } = call.deps;
  const { description, place, stored } = await media.hold(comingUpload(call, settings.maxMediaBytes), async () => {
    const { file, fields } = await readUpload(call.context, settings.maxMediaBytes);
    const { description: said, focus } = checked(fields, words);
    const wanted = readFocus(focus);
    return { description: said, place: wanted, stored: await media.save(file, String(call.viewer)) };
  });
  try {
    const made = await call.run(createMedia, { ...stored, actor: call.viewer, description: description ?? null });
    if (place.focus === undefined) return toMedia(made, call.site);
    return toMedia(await call.run(describeMedia, { actor: call.viewer, id: made.id, ...place }), call.site);
  } catch (error) {
    await media.remove(stored.preview === null ? [stored.file] : [stored.file, stored.preview]);
    throw error;
  }
}
