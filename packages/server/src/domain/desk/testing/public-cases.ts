import type { DeskEvents, MediaSnapshot, ScheduledSnapshot } from '../../../state/index.ts';

/** What a later version, or a slip, may put into a snapshot. */
const withSecrets = <Value extends object>(value: Value): Value => ({ ...value, email: 'SECRET' });

const media: MediaSnapshot = {
  ...{ id: 31, type: 'image', file: 'rose.png', preview: null },
  ...{ meta: { original: { width: 2, height: 1 } }, description: 'a rose', blurhash: 'U' },
};
const body: ScheduledSnapshot['post']['body'] = {
  ...{ source: { format: 'plain', text: 'later' }, html: '<p>later</p>', text: 'later', mentions: [8], tags: ['Rose'] },
  ...{ language: 'en', sensitive: false, warning: '', media: [31] },
};
const post: ScheduledSnapshot['post'] = {
  ...{ visibility: 'public', channel: 80, topic: 'balcony', replyTo: 41, body },
  application: { name: 'quill', website: null },
};
const scheduled: ScheduledSnapshot = {
  ...{ id: 5, account: 7, dueAt: 9, post, media: [media], failed: null, createdAt: 1 },
};
const leaky: ScheduledSnapshot = {
  ...withSecrets(scheduled),
  media: [withSecrets(media)],
  post: withSecrets({ ...post, body: withSecrets({ ...body, source: withSecrets(body.source) }) }),
};

/** By type: what is announced, and what the account is told. */
export const DESK_CASES: { readonly [Type in keyof DeskEvents]: readonly [DeskEvents[Type], object] } = {
  'scheduled.added': [{ scheduled: leaky }, { scheduled }],
  'scheduled.updated': [{ scheduled: leaky }, { scheduled }],
  'scheduled.removed': [
    { account: 7, scheduled: 5, post: 42 },
    { account: 7, scheduled: 5, post: 42 },
  ],
};
