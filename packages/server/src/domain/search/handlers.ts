import type { Database } from '../../state/index.ts';
import { normalizeTag } from '../body/tags.ts';
import { searchAccounts, searchPosts, searchTags, tagByName, tagsByNames } from '../posts/messages.ts';
import { findNames } from './names.ts';
import { findPosts } from './posts.ts';
import { findTags, viewTag, viewTags } from './tags.ts';

export const searchQueries = {
  [searchPosts.name]: findPosts,
  [searchAccounts.name]: findNames,
  [searchTags.name]: findTags,
  [tagByName.name]: (db: Database, { viewer, tag }: { readonly viewer: number | null; readonly tag: string }) =>
    viewTag(db, viewer, tag),
  [tagsByNames.name]: (
    db: Database,
    { viewer, tags }: { readonly viewer: number | null; readonly tags: readonly string[] },
  ) => viewTags(db, viewer, tags.map(normalizeTag)),
};
