import * as z from 'zod';
import {
  bookmarks,
  conversationsOf,
  favourites,
  homeTimeline,
  type Listed,
  listTimeline,
  type PostView,
  publicTimeline,
  tagTimeline,
} from '../../../domain/index.ts';
import { anyone, type Call, checked, flag, found, many, type Rest, STATUSES, user } from '../http/index.ts';
import { showFor, statusPage } from './show.ts';

const sieveFields = z.object({ local: flag, remote: flag, only_media: flag });
/** As many tags beside the first as Mastodon takes. */
const MOST_TAGS = 4;
const tags = many(z.string().max(200), MOST_TAGS);
const tagFields = sieveFields.extend({ any: tags, all: tags, none: tags });
const tagName = z.object({ tag: z.string().max(200) });

/** Timelines and what one has marked (docs.joinmastodon.org/methods/timelines, /favourites, /bookmarks). */
export function timelineRoutes(rest: Rest): void {
  rest.get('/api/v1/timelines/home', user('read:statuses'), async (call) => {
    const page = call.page(STATUSES);
    return statusPage(call, await call.query(homeTimeline, { viewer: call.viewer, page }), page);
  });
  rest.get('/api/v1/timelines/public', anyone('read:statuses'), everybody);
  rest.get('/api/v1/timelines/tag/:tag', anyone('read:statuses'), tagged);
  rest.get('/api/v1/timelines/list/:id', user('read:lists'), async (call) => {
    const page = call.page(STATUSES);
    const rows = found(await call.query(listTimeline, { viewer: call.viewer, list: call.id(), page }));
    return statusPage(call, rows, page);
  });
  rest.get('/api/v1/timelines/direct', user('read:statuses'), direct);
  rest.get('/api/v1/favourites', user('read:favourites'), (call) => marked(call, favourites));
  rest.get('/api/v1/bookmarks', user('read:bookmarks'), (call) => marked(call, bookmarks));
}

async function everybody(call: Call<number | null>) {
  const page = call.page(STATUSES);
  const sieve = readSieve(call.search(sieveFields));
  return statusPage(call, await call.query(publicTimeline, { viewer: call.viewer, page, ...sieve }), page);
}

async function tagged(call: Call<number | null>) {
  const page = call.page(STATUSES);
  const { any, all, none, ...sieve } = call.search(tagFields);
  const rows = await call.query(tagTimeline, {
    viewer: call.viewer,
    page,
    tag: checked({ tag: call.param('tag') }, tagName).tag,
    ...readSieve(sieve),
    ...(any ? { any } : {}),
    ...(all ? { all } : {}),
    ...(none ? { none } : {}),
  });
  return statusPage(call, rows, page);
}

/** The old list of direct statuses: the last one of each conversation. */
async function direct(call: Call<number>) {
  const page = call.page(STATUSES);
  const rows = await call.query(conversationsOf, { viewer: call.viewer, page });
  const show = await showFor(call);
  const last = rows.flatMap(({ cursor, item }) => (item.lastPost === null ? [] : [{ cursor, item: item.lastPost }]));
  return call.list(last, page, show.status);
}

async function marked(call: Call<number>, by: typeof favourites) {
  const page = call.page(STATUSES);
  const rows: readonly Listed<PostView>[] = await call.query(by, { viewer: call.viewer, page });
  const show = await showFor(call);
  return call.list(rows, page, show.status);
}

function readSieve({ local, remote, only_media }: z.infer<typeof sieveFields>) {
  return {
    ...(local ? { local } : {}),
    ...(remote ? { remote } : {}),
    ...(only_media ? { media: true } : {}),
  };
}
