import * as z from 'zod';
import { REMOTE_DOMAIN } from '../../domain/index.ts';

const NAME = /^[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*$/;
const address = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((text) => !/[\s<>"]/.test(text), 'is not an address');
const acct = z.string().min(1).max(400);

/** Who wrote it, at home on another server. */
const author = z.strictObject({
  name: z.string().max(64).toLowerCase().regex(NAME, 'is not a name'),
  domain: z.string().toLowerCase().regex(REMOTE_DOMAIN, 'is not a host name'),
  displayName: z.string().max(500).default(''),
  url: address,
  note: z.string().max(20_000).default(''),
  bot: z.boolean().default(false),
  locked: z.boolean().default(false),
});

const content = {
  format: z.enum(['plain', 'markdown', 'xhtml']).default('xhtml'),
  text: z.string().max(100_000),
  language: z.string().min(2).max(35).nullable().default(null),
  sensitive: z.boolean().default(false),
  warning: z.string().max(5_000).default(''),
  /** Beyond those that the text is found to name. */
  mentions: z.array(acct).max(100).default([]),
  tags: z.array(z.string().min(1).max(100)).max(100).default([]),
  /** Ids of files that `POST /v1/ingest/media` answered with. */
  media: z
    .array(z.string().regex(/^\d{1,16}$/))
    .max(4)
    .default([]),
};

/** A post of another server. */
export const broughtPost = z.strictObject({
  ...content,
  origin: address,
  author,
  visibility: z.enum(['public', 'unlisted', 'followers', 'direct']).default('public'),
  /** The address of a post that was brought before, or the id of one that is here. */
  replyTo: z.string().max(2_000).optional(),
  createdAt: z.iso.datetime({ offset: true }).optional(),
});
export const broughtEdit = z.strictObject(content);
export const whichPost = z.strictObject({ origin: address });
export const whoseFile = z.strictObject({
  name: author.shape.name,
  domain: author.shape.domain,
  url: address,
  description: z.string().max(1_500).optional(),
});

export type BroughtPost = z.infer<typeof broughtPost>;
export type BroughtContent = z.infer<typeof broughtEdit>;
