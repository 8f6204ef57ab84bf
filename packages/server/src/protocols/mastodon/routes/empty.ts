import { anyone, type Rest, user } from '../http/index.ts';

/**
 * What clients ask for as they start and this server has none of. Empty lists are the truth: nothing is ranked,
 * endorsed or featured here, and nobody is suggested.
 */
export function emptyRoutes(rest: Rest): void {
  for (const path of ['trends', 'trends/tags', 'trends/statuses', 'trends/links']) {
    rest.get(`/api/v1/${path}`, anyone(), none);
  }
  rest.get('/api/v1/suggestions', user('read:accounts'), none);
  rest.get('/api/v2/suggestions', user('read:accounts'), none);
  rest.get('/api/v1/endorsements', user('read:accounts'), none);
  rest.get('/api/v1/featured_tags', user('read:accounts'), none);
  rest.get('/api/v1/featured_tags/suggestions', user('read:accounts'), none);
}

function none(): readonly never[] {
  return [];
}
