import type { ScheduledSnapshot } from '../../../domain/index.ts';
import { toMedia } from './media.ts';
import { iso, type Site } from './site.ts';
import type { ScheduledStatus } from './types.ts';
import { wireVisibility } from './visibility.ts';

export function toScheduledStatus({ id, dueAt, post, media }: ScheduledSnapshot, site: Site): ScheduledStatus {
  const { source, sensitive, warning, language } = post.body;
  return {
    id: String(id),
    scheduled_at: iso(dueAt),
    params: {
      text: source.text,
      poll: null,
      media_ids: media.length === 0 ? null : media.map((each) => String(each.id)),
      sensitive,
      spoiler_text: warning,
      visibility: wireVisibility(post.visibility),
      in_reply_to_id: post.replyTo ?? null,
      language,
      application_id: post.client ?? null,
      scheduled_at: null,
      idempotency: null,
      with_rate_limit: false,
      quoted_status_id: null,
    },
    media_attachments: media.map((each) => toMedia(each, site)),
  };
}
