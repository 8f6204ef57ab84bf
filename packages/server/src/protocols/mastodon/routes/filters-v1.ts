import type * as z from 'zod';
import { createFilter, deleteFilter, type FilterChange, type FilterView } from '../../../domain/index.ts';
import { toFiltersV1 } from '../entities/index.ts';
import { type Call, found, invalid, type Rest, user } from '../http/index.ts';
import { filterFieldsV1, toExpiry } from './filter-fields.ts';
import { all, change, theKeyword } from './filters.ts';

const READ = user('read:filters');
const WRITE = user('write:filters');

/** The old filters: each is one keyword of a filter, and has its id (docs.joinmastodon.org/methods/filters, “v1”). */
export function filterRoutesV1(rest: Rest): void {
  rest.get('/api/v1/filters', READ, async (call) => (await all(call)).flatMap(toFiltersV1));
  rest.get('/api/v1/filters/:id', READ, async (call) => {
    const { filter, keyword } = await theKeyword(call);
    return show(filter, keyword.id);
  });
  rest.post('/api/v1/filters', WRITE, async (call) => {
    const asked = await call.input(filterFieldsV1);
    const { phrase: title = '' } = asked;
    const filter = { ...toChange(asked, call), title, keywords: [{ keyword: title, ...toWholeWord(asked, false) }] };
    const made = await call.run(createFilter, { actor: call.viewer, filter });
    return found(toFiltersV1(made)[0]);
  });
  rest.put('/api/v1/filters/:id', WRITE, edit);
  rest.delete('/api/v1/filters/:id', WRITE, async (call) => {
    const { filter, keyword } = await theKeyword(call);
    const isLast = filter.keywords.length === 1 && filter.posts.length === 0;
    if (isLast) await call.run(deleteFilter, { actor: call.viewer, id: filter.id });
    else await change(call, filter.id, { keywords: [{ id: keyword.id, remove: true }] });
  });
}

async function edit(call: Call<number>) {
  const { filter, keyword } = await theKeyword(call);
  const asked = await call.input(filterFieldsV1);
  const whole = toChange(asked, call);
  if (filter.keywords.length > 1 && Object.keys(whole).length > 0) {
    throw invalid('the filter has several keywords: change it by the second version of this call');
  }
  const after = await change(call, filter.id, {
    ...whole,
    keywords: [
      {
        id: keyword.id,
        ...(asked.phrase === undefined ? {} : { keyword: asked.phrase }),
        ...toWholeWord(asked, undefined),
      },
    ],
  });
  return show(after, keyword.id);
}

type Asked = z.infer<typeof filterFieldsV1>;

function toChange({ context, irreversible, expires_in }: Asked, call: Call<number>): FilterChange {
  return {
    ...(context === undefined ? {} : { contexts: context }),
    ...(irreversible === undefined ? {} : { action: irreversible ? 'hide' : 'warn' }),
    ...toExpiry(expires_in, call.deps.now()),
  };
}

function toWholeWord({ whole_word }: Asked, otherwise: boolean | undefined) {
  const wholeWord = whole_word ?? otherwise;
  return wholeWord === undefined ? {} : { wholeWord };
}

function show(filter: FilterView, keyword: number) {
  return found(toFiltersV1(filter).find(({ id }) => id === String(keyword)));
}
