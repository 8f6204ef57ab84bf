import type { Database } from '../../state/index.ts';
import { searchAccounts, searchPosts, searchTags, tagByName } from '../posts/messages.ts';
import { findNames } from './names.ts';
import { findPosts } from './posts.ts';
import { findTags, viewTag } from './tags.ts';

export const searchQueries = {
  [searchPosts.name]: findPosts,
  [searchAccounts.name]: findNames,
  [searchTags.name]: findTags,
  [tagByName.name]: (db: Database, { viewer, tag }: { readonly viewer: number | null; readonly tag: string }) =>
    viewTag(db, viewer, tag),
};
