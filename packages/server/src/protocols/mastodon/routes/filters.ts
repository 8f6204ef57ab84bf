import {
  createFilter,
  deleteFilter,
  type FilterChange,
  type FilterView,
  filtersOf,
  updateFilter,
} from '../../../domain/index.ts';
import { toFilter, toFilterKeyword, toFilterStatus } from '../entities/index.ts';
import { type Call, found, type Rest, user } from '../http/index.ts';
import { filteredStatusFields, filterFields, keywordFields, toFilterChange } from './filter-fields.ts';

const READ = user('read:filters');
const WRITE = user('write:filters');

/** Filters with their keywords and statuses (docs.joinmastodon.org/methods/filters). */
export function filterRoutes(rest: Rest): void {
  rest.get('/api/v2/filters', READ, async (call) => (await all(call)).map(toFilter));
  rest.post('/api/v2/filters', WRITE, async (call) => {
    const { title = '', ...filter } = toFilterChange(await call.input(filterFields), call.deps.now());
    return toFilter(await call.run(createFilter, { actor: call.viewer, filter: { ...filter, title } }));
  });
  rest.get('/api/v2/filters/:id', READ, async (call) => toFilter(await theFilter(call)));
  rest.put('/api/v2/filters/:id', WRITE, async (call) =>
    toFilter(await change(call, call.id(), toFilterChange(await call.input(filterFields), call.deps.now()))),
  );
  rest.delete('/api/v2/filters/:id', WRITE, async (call) => {
    await call.run(deleteFilter, { actor: call.viewer, id: call.id() });
  });

  rest.get('/api/v2/filters/:id/keywords', READ, async (call) => (await theFilter(call)).keywords.map(toFilterKeyword));
  rest.post('/api/v2/filters/:id/keywords', WRITE, async (call) => {
    const before = await theFilter(call);
    const after = await change(call, before.id, { keywords: [await readKeyword(call)] });
    return toFilterKeyword(found(added(before.keywords, after.keywords)));
  });
  rest.get('/api/v2/filters/keywords/:id', READ, async (call) => toFilterKeyword((await theKeyword(call)).keyword));
  rest.put('/api/v2/filters/keywords/:id', WRITE, async (call) => {
    const { filter, keyword } = await theKeyword(call);
    const after = await change(call, filter.id, { keywords: [{ id: keyword.id, ...(await readKeyword(call)) }] });
    return toFilterKeyword(found(after.keywords.find(({ id }) => id === keyword.id)));
  });
  rest.delete('/api/v2/filters/keywords/:id', WRITE, async (call) => {
    const { filter, keyword } = await theKeyword(call);
    await change(call, filter.id, { keywords: [{ id: keyword.id, remove: true }] });
  });

  rest.get('/api/v2/filters/:id/statuses', READ, async (call) => (await theFilter(call)).posts.map(toFilterStatus));
  rest.post('/api/v2/filters/:id/statuses', WRITE, async (call) => {
    const { status_id } = await call.input(filteredStatusFields);
    const after = await change(call, call.id(), { addPosts: [status_id] });
    return toFilterStatus(found(after.posts.find(({ post }) => post === status_id)));
  });
  rest.get('/api/v2/filters/statuses/:id', READ, async (call) => toFilterStatus((await thePost(call)).post));
  rest.delete('/api/v2/filters/statuses/:id', WRITE, async (call) => {
    const { filter, post } = await thePost(call);
    await change(call, filter.id, { removePosts: [post.post] });
    return toFilterStatus(post);
  });
}

/** Every filter of whoever asks. */
export function all(call: Call<number>): Promise<readonly FilterView[]> {
  return call.query(filtersOf, { viewer: call.viewer });
}

export function change(call: Call<number>, id: number, filter: FilterChange): Promise<FilterView> {
  return call.run(updateFilter, { actor: call.viewer, id, filter });
}

/** The keyword of the path, with its filter. */
export async function theKeyword(call: Call<number>) {
  const wanted = call.id();
  const pairs = (await all(call)).flatMap((filter) => filter.keywords.map((keyword) => ({ filter, keyword })));
  return found(pairs.find(({ keyword }) => keyword.id === wanted));
}

async function thePost(call: Call<number>) {
  const wanted = call.id();
  const pairs = (await all(call)).flatMap((filter) => filter.posts.map((post) => ({ filter, post })));
  return found(pairs.find(({ post }) => post.id === wanted));
}

async function theFilter(call: Call<number>): Promise<FilterView> {
  const wanted = call.id();
  return found((await all(call)).find(({ id }) => id === wanted));
}

async function readKeyword(call: Call<number>) {
  const { keyword, whole_word } = await call.input(keywordFields);
  return {
    ...(keyword === undefined ? {} : { keyword }),
    ...(whole_word === undefined ? {} : { wholeWord: whole_word }),
  };
}

function added<Part extends { readonly id: number }>(before: readonly Part[], after: readonly Part[]) {
  const known = new Set(before.map(({ id }) => id));
  return after.find(({ id }) => !known.has(id));
}
