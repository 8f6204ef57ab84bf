import type {
  AttachmentSnapshot,
  DeskEvents,
  DraftSnapshot,
  MediaSnapshot,
  ScheduledSnapshot,
  SnippetSnapshot,
  SubmessageSnapshot,
  UserStatusSnapshot,
} from '../../../state/index.ts';

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

const draft: DraftSnapshot = {
  ...{ id: 6, account: 7, to: { kind: 'direct', accounts: [8] }, topic: '', text: 'half a thought', editedAt: 3 },
};
const snippet: SnippetSnapshot = { id: 6, account: 7, title: 'farewell', text: 'Good night!', createdAt: 3 };
const status: UserStatusSnapshot = { account: 7, text: 'on the balcony', emoji: '🌙', away: false, updatedAt: 3 };

const attachment: AttachmentSnapshot = {
  ...{ id: 31, account: 7, file: 'rose.png', contentType: 'image/png', bytes: 9, post: 42, createdAt: 3 },
};
const submessage: SubmessageSnapshot = { id: 9, post: 42, account: 8, type: 'widget', content: '{"vote":1}' };

/** By type: what is announced, and what the account is told. */
export const DESK_CASES: { readonly [Type in keyof DeskEvents]: readonly [DeskEvents[Type], object] } = {
  'scheduled.added': [{ scheduled: leaky }, { scheduled }],
  'scheduled.updated': [{ scheduled: leaky }, { scheduled }],
  'scheduled.removed': [
    { account: 7, scheduled: 5, post: 42 },
    { account: 7, scheduled: 5, post: 42 },
  ],
  'draft.added': [{ draft: withSecrets({ ...draft, to: withSecrets(draft.to) }) }, { draft }],
  'draft.updated': [
    { draft: withSecrets({ ...draft, to: withSecrets({ kind: 'channel', channel: 80 }) }) },
    { draft: { ...draft, to: { kind: 'channel', channel: 80 } } },
  ],
  'draft.removed': [
    { account: 7, draft: 6 },
    { account: 7, draft: 6 },
  ],
  'snippet.added': [{ snippet: withSecrets(snippet) }, { snippet }],
  'snippet.updated': [{ snippet: withSecrets(snippet) }, { snippet }],
  'snippet.removed': [
    { account: 7, snippet: 6 },
    { account: 7, snippet: 6 },
  ],
  'alert-words.changed': [
    { account: 7, words: ['rose'] },
    { account: 7, words: ['rose'] },
  ],
  'attachment.added': [
    { attachment: withSecrets(attachment), usedBytes: 9 },
    { attachment, usedBytes: 9 },
  ],
  'attachment.updated': [
    { attachment: withSecrets(attachment), usedBytes: 9 },
    { attachment, usedBytes: 9 },
  ],
  'attachment.removed': [
    { account: 7, attachment: 31, usedBytes: 0 },
    { account: 7, attachment: 31, usedBytes: 0 },
  ],
  'submessage.added': [{ submessage: withSecrets(submessage) }, { submessage }],
  'status.changed': [{ status: withSecrets(status) }, { status }],
};
