import { createMedia, notificationsOf, type PostView, postById } from '../../index.ts';
import type { OpenDomain } from '../../testing/open-domain.ts';

/** A post as somebody is shown it. */
export function seen(domain: OpenDomain, viewer: number | null, { post }: PostView) {
  return domain.ask(postById, { viewer, id: post.id });
}

/** What an account was told, newest first: type, by whom, about which post. */
export async function notices(domain: OpenDomain, viewer: number) {
  const told = await domain.ask(notificationsOf, { viewer, page: { limit: 40 } });
  return told.map(({ type, from, post }) => [type, from.id, post?.post.id]);
}

export function upload(domain: OpenDomain, actor: number, file: string) {
  return domain.run(createMedia, {
    actor,
    type: 'image',
    contentType: 'image/png',
    file,
    preview: null,
    meta: {},
    description: null,
    blurhash: null,
    bytes: 1,
  });
}
