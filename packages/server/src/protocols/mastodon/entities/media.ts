import type { MediaSnapshot } from '../../../domain/index.ts';
import { mediaUrl, type Site } from './site.ts';
import type { MediaAttachment } from './types.ts';

export function toMedia({ id, type, file, preview, ...media }: MediaSnapshot, site: Site): MediaAttachment {
  const url = mediaUrl(site, file);
  return {
    id: String(id),
    type,
    url,
    preview_url: preview === null ? fallback(type, url) : mediaUrl(site, preview),
    remote_url: null,
    preview_remote_url: null,
    text_url: null,
    meta: media.meta,
    description: media.description,
    blurhash: media.blurhash,
  };
}

/** An image is its own preview; a sound has none. */
function fallback(type: MediaSnapshot['type'], url: string): string | null {
  return type === 'image' ? url : null;
}
