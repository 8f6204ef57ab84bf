import { followedTagsOf, followTag, tagByName, tagsByNames } from '../../../domain/index.ts';
import { toTag } from '../entities/index.ts';
import { anyone, type Call, type Rest, user } from '../http/index.ts';

const SIZE = { limit: 100, most: 200 };

/** Tags, and following them (docs.joinmastodon.org/methods/tags, /followed_tags). */
export function tagRoutes(rest: Rest): void {
  const follows = user('write:follows', 'follow');
  rest.get('/api/v1/tags/:name', anyone('read:statuses', 'read:follows'), show);
  rest.post('/api/v1/tags/:name/follow', follows, (call) => follow(call, true));
  rest.post('/api/v1/tags/:name/unfollow', follows, (call) => follow(call, false));
  rest.get('/api/v1/followed_tags', user('read:follows', 'follow'), async (call) => {
    const page = call.page(SIZE);
    const rows = await call.query(followedTagsOf, { viewer: call.viewer, page });
    const views = await call.query(tagsByNames, { viewer: call.viewer, tags: rows.map(({ item }) => item) });
    return call.listed(
      views.map((view) => toTag(view, call.site, call.viewer)),
      rows.map(({ cursor }) => cursor),
      page,
    );
  });
}

async function show(call: Call<number | null>) {
  return toTag(await call.query(tagByName, { viewer: call.viewer, tag: call.param('name') }), call.site, call.viewer);
}

async function follow(call: Call<number>, on: boolean) {
  await call.run(followTag, { actor: call.viewer, tag: call.param('name'), on });
  return show(call);
}
