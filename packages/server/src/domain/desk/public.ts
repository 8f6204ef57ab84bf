import type {
  AttachmentSnapshot,
  DeskEvents,
  DraftPlace,
  DraftSnapshot,
  PlannedPost,
  ScheduledSnapshot,
  SnippetSnapshot,
} from '../../state/index.ts';
import { showMedia } from '../community/public-media.ts';

/** What an account is told of its own things; every field is named, as in `community/public-json.ts`. */
export const DESK_PUBLIC: { readonly [Type in keyof DeskEvents]: (data: DeskEvents[Type]) => object } = {
  'scheduled.added': ({ scheduled }) => ({ scheduled: showScheduled(scheduled) }),
  'scheduled.updated': ({ scheduled }) => ({ scheduled: showScheduled(scheduled) }),
  'scheduled.removed': ({ account, scheduled, post }) => ({ account, scheduled, post }),
  'draft.added': ({ draft }) => ({ draft: showDraft(draft) }),
  'draft.updated': ({ draft }) => ({ draft: showDraft(draft) }),
  'draft.removed': ({ account, draft }) => ({ account, draft }),
  'snippet.added': ({ snippet }) => ({ snippet: showSnippet(snippet) }),
  'snippet.updated': ({ snippet }) => ({ snippet: showSnippet(snippet) }),
  'snippet.removed': ({ account, snippet }) => ({ account, snippet }),
  'alert-words.changed': ({ account, words }) => ({ account, words }),
  'attachment.added': ({ attachment, usedBytes }) => ({ attachment: showAttachment(attachment), usedBytes }),
  'attachment.updated': ({ attachment, usedBytes }) => ({ attachment: showAttachment(attachment), usedBytes }),
  'attachment.removed': ({ account, attachment, usedBytes }) => ({ account, attachment, usedBytes }),
  'submessage.added': ({ submessage: { id, post, account, type, content } }) => ({
    submessage: { id, post, account, type, content },
  }),
  'status.changed': ({ status: { account, text, emoji, away, updatedAt } }) => ({
    status: { account, text, emoji, away, updatedAt },
  }),
};

function showScheduled({ id, account, dueAt, post, media, failed, createdAt }: ScheduledSnapshot): object {
  return { id, account, dueAt, post: showPlanned(post), media: media.map(showMedia), failed, createdAt };
}

function showPlanned({ visibility, channel, topic, replyTo, application, body }: PlannedPost): object {
  const { source, html, text, mentions, tags, language, sensitive, warning, media } = body;
  return {
    ...{ visibility, channel, topic, replyTo },
    application: application && { name: application.name, website: application.website },
    body: {
      source: { format: source.format, text: source.text },
      ...{ html, text, mentions, tags, language, sensitive, warning, media },
    },
  };
}

function showDraft({ id, account, to, topic, text, editedAt }: DraftSnapshot): object {
  return { id, account, to: showPlace(to), topic, text, editedAt };
}

function showPlace(to: DraftPlace): object {
  switch (to.kind) {
    case 'none':
      return { kind: to.kind };
    case 'direct':
      return { kind: to.kind, accounts: to.accounts };
    case 'channel':
      return { kind: to.kind, channel: to.channel };
  }
}

function showSnippet({ id, account, title, text, createdAt }: SnippetSnapshot): object {
  return { id, account, title, text, createdAt };
}

function showAttachment({ id, account, file, contentType, bytes, post, createdAt }: AttachmentSnapshot): object {
  return { id, account, file, contentType, bytes, post, createdAt };
}
