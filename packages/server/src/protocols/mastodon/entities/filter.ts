import type { FilterView } from '../../../domain/index.ts';
import type { FilterMatch } from '../../../view/index.ts';
import { isoOrNull } from './site.ts';
import type { Filter, FilterHead, FilterKeyword, FilterResult, FilterStatus, FilterV1 } from './types.ts';

export function toFilter(view: FilterView): Filter {
  return {
    ...toHead(view),
    keywords: view.keywords.map(toFilterKeyword),
    statuses: view.posts.map(toFilterStatus),
  };
}

export function toFilterKeyword({ id, keyword, wholeWord }: FilterView['keywords'][number]): FilterKeyword {
  return { id: String(id), keyword, whole_word: wholeWord };
}

export function toFilterStatus({ id, post }: FilterView['posts'][number]): FilterStatus {
  return { id: String(id), status_id: String(post) };
}

/** The first version's filters are keywords: their ids are those of the keywords. */
export function toFiltersV1({ keywords, contexts, expiresAt, action }: FilterView): readonly FilterV1[] {
  return keywords.map(({ id, keyword, wholeWord }) => ({
    id: String(id),
    phrase: keyword,
    context: contexts,
    whole_word: wholeWord,
    expires_at: isoOrNull(expiresAt),
    irreversible: action === 'hide',
  }));
}

/** What a viewer's filter found in a status. */
export function toFilterResult({ filter, keywords, posts }: FilterMatch): FilterResult {
  return {
    filter: toHead(filter),
    keyword_matches: keywords.length > 0 ? keywords : null,
    status_matches: posts.length > 0 ? posts.map(String) : null,
  };
}

function toHead({ id, title, contexts, expiresAt, action }: FilterMatch['filter']): FilterHead {
  return { id: String(id), title, context: contexts, expires_at: isoOrNull(expiresAt), filter_action: action };
}
