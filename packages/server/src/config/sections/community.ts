import * as z from 'zod';
import { bytes, count, milliseconds, setting } from '../setting.ts';

/** A host name of lower-case labels, `example.org`; names of accounts and channels stand before it. */
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** The people and channels of this installation. */
export const communitySection = z.strictObject({
  domain: setting(z.string().regex(DOMAIN, 'is not a host name').default('localhost'), {
    text: 'The domain in the addresses of accounts: `juliet` is `juliet@DOMAIN`. Choose it before the first account.',
  }),
  title: setting(z.string().min(1).max(100).default('Carillon'), {
    text: 'The name that clients show for this server, until administrators say otherwise at `/admin/organization`.',
  }),
  description: setting(z.string().max(1_000).default(''), {
    text: 'What this community is about, in a sentence or two, until administrators say otherwise.',
  }),
  registrations: setting(z.boolean().default(false), {
    text: 'Whether anybody may sign up, until administrators say otherwise; else they make accounts.',
  }),
  presenceMembers: setting(count(100, 0), {
    text: 'In a community of more people than this nobody is told who else is here.',
    unit: 'count',
  }),
  presenceGraceMs: setting(milliseconds(30_000), {
    text: 'How long an account whose last stream ended still counts as here, so that reconnecting is no coming and going.',
    unit: 'ms',
  }),
  postCharacters: setting(count(500, 1, 100_000), {
    text: 'Characters of a post with its content warning, as Mastodon clients count them.',
    unit: 'count',
  }),
  markdownCharacters: setting(count(10_000, 100, 100_000), {
    text: 'Characters of one text in Markdown; a longer one is refused.',
    unit: 'count',
  }),
  mediaBytes: setting(bytes(16_777_216, 1_024), { text: 'Size of one uploaded file.', unit: 'bytes' }),
  uploadBytes: setting(bytes(268_435_456, 1_048_576), {
    text: 'Bytes of uploads that may be under way at once, a quarter of them by one account; more are answered 503.',
    unit: 'bytes',
  }),
  mediaPixels: setting(count(33_177_600, 1, 1_000_000_000), {
    text: 'Pixels of one uploaded image; a larger one is refused before it is decoded.',
    unit: 'count',
  }),
});
