import { hash } from 'node:crypto';
import type { ListView, TagView } from '../../../domain/index.ts';
import type { Site } from './site.ts';
import { tagUrl } from './status.ts';
import type { List, Tag } from './types.ts';

export function toList({ id, title, replies, exclusive }: ListView): List {
  return { id: String(id), title, replies_policy: replies, exclusive };
}

/** A tag; `viewer` is null for nobody in particular, who follows and features nothing. */
export function toTag({ name, following, history }: TagView, site: Site, viewer: number | null): Tag {
  return {
    id: tagId(name),
    name,
    url: tagUrl(site, name),
    history: history.map(({ day, uses, accounts }) => ({
      day: String(day),
      uses: String(uses),
      accounts: String(accounts),
    })),
    ...(viewer === null ? {} : { following, featuring: false }),
  };
}

/** Tags have no row of their own here; their id is made of the name, the same on every server, below 2^53. */
function tagId(name: string): string {
  return String(Number.parseInt(hash('sha256', name.toLowerCase(), 'hex').slice(0, 12), 16));
}
