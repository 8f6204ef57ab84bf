import type { DeskEvents, PlannedPost, ScheduledSnapshot } from '../../state/index.ts';
import { showMedia } from '../community/public-media.ts';

/** What an account is told of its own things; every field is named, as in `community/public-json.ts`. */
export const DESK_PUBLIC: { readonly [Type in keyof DeskEvents]: (data: DeskEvents[Type]) => object } = {
  'scheduled.added': ({ scheduled }) => ({ scheduled: showScheduled(scheduled) }),
  'scheduled.updated': ({ scheduled }) => ({ scheduled: showScheduled(scheduled) }),
  'scheduled.removed': ({ account, scheduled, post }) => ({ account, scheduled, post }),
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
