import * as z from 'zod';
import { MEDIA_PER_POST } from '../entities/index.ts';
import { flag, idField, many, textField } from '../http/index.ts';

/** Longer than any text that is taken; how many characters a post may have is a setting. */
const MAX_TEXT = 1_000_000;
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i;

/** What this server does not do is refused in so many words: a post without its poll would say something else. */
const absent = (what: string) =>
  z
    .unknown()
    .refine((value) => value === undefined || value === null || value === '', { error: what })
    .optional();

const language = z.preprocess(
  (value) => (value === '' || value === null ? undefined : value),
  z.string().regex(LANGUAGE, 'is not a valid language').optional(),
);

const WITH_ZONE = /(?:z|[+-]\d\d:?\d\d)$/i;

/** Milliseconds since 1970 of a time of ISO 8601; without a zone it is UTC. */
const moment = z.preprocess(
  (value) => (value === '' || value === null ? undefined : value),
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d|$)/i, 'is not a time')
    .transform((text) => Date.parse(text.length === 10 || WITH_ZONE.test(text) ? text : `${text}Z`))
    .refine(Number.isSafeInteger, 'is not a time')
    .optional(),
);

const written = {
  status: textField(MAX_TEXT),
  spoiler_text: textField(MAX_TEXT),
  sensitive: flag,
  language,
  media_ids: many(idField, MEDIA_PER_POST),
  poll: absent('is not offered: this server has no polls'),
};

export const newStatus = z.object({
  ...written,
  in_reply_to_id: z.preprocess((value) => (value === '' || value === null ? undefined : value), idField.optional()),
  visibility: z.preprocess(
    (value) => (value === '' || value === null ? undefined : value),
    z.enum(['public', 'unlisted', 'private', 'direct'], 'is not included in the list').optional(),
  ),
  scheduled_at: moment,
  quoted_status_id: absent('is not offered: this server has no quotes'),
});

export const changedSchedule = z.object({ scheduled_at: moment });

export const changedStatus = z.object({
  ...written,
  media_attributes: many(
    z.object({ id: idField, description: textField(10_000), focus: textField(100) }),
    MEDIA_PER_POST,
  ),
});
