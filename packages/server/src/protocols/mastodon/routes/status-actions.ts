import * as z from 'zod';
import {
  favouritedBy,
  flagPost,
  ownAccount,
  type PostView,
  react,
  sharedBy,
  sharePost,
  unsharePost,
} from '../../../domain/index.ts';
import { readVisibility, toAccount } from '../entities/index.ts';
import { ACCOUNTS, anyone, type Call, found, notFound, type Rest, user } from '../http/index.ts';
import { showStatus } from './show.ts';
import { theStatus } from './statuses.ts';

/** The reaction that this protocol calls a favourite. */
const FAVOURITE = '⭐';

const shareFields = z.object({
  visibility: z.enum(['public', 'unlisted', 'private'], 'is not included in the list').optional(),
});

/** What a viewer does with a status (docs.joinmastodon.org/methods/statuses). */
export function statusActionRoutes(rest: Rest): void {
  const path = (action: string) => `/api/v1/statuses/:id/${action}`;
  const act = (action: string, scope: string, run: (call: Call<number>) => Promise<PostView>) =>
    rest.post(path(action), user(scope), async (call) => showStatus(call, await run(call)));

  act('favourite', 'write:favourites', (call) => favourite(call, true));
  act('unfavourite', 'write:favourites', (call) => favourite(call, false));
  act('reblog', 'write:statuses', share);
  act('unreblog', 'write:statuses', async (call) =>
    found(await call.run(unsharePost, { actor: call.viewer, id: call.id() })),
  );
  act('bookmark', 'write:bookmarks', (call) => flag(call, 'bookmarked', true));
  act('unbookmark', 'write:bookmarks', (call) => flag(call, 'bookmarked', false));
  act('mute', 'write:mutes', (call) => flag(call, 'muted', true));
  act('unmute', 'write:mutes', (call) => flag(call, 'muted', false));
  act('pin', 'write:accounts', (call) => flag(call, 'pinned', true));
  act('unpin', 'write:accounts', (call) => flag(call, 'pinned', false));

  rest.get(path('favourited_by'), anyone('read:accounts'), (call) => doers(call, favouritedBy));
  rest.get(path('reblogged_by'), anyone('read:accounts'), (call) => doers(call, sharedBy));
  rest.get(path('quotes'), user('read:statuses'), async (call) => {
    await theStatus(call);
    return [];
  });
  // Mastodon answers so when no service for translations is set up.
  rest.post(path('translate'), user('read:statuses'), () => {
    throw notFound();
  });
}

function favourite(call: Call<number>, on: boolean): Promise<PostView> {
  return call.run(react, { actor: call.viewer, id: call.id(), emoji: FAVOURITE, on });
}

function flag(call: Call<number>, name: 'bookmarked' | 'muted' | 'pinned', on: boolean): Promise<PostView> {
  return call.run(flagPost, { actor: call.viewer, id: call.id(), flag: name, on });
}

async function share(call: Call<number>): Promise<PostView> {
  const asked = await call.input(shareFields);
  const { settings } = await call.query(ownAccount, { account: call.viewer });
  const wanted = asked.visibility === undefined ? settings.visibility : readVisibility(asked.visibility);
  // A share that nobody hears of would be none.
  const visibility = wanted === 'direct' ? 'followers' : wanted;
  return call.run(sharePost, { actor: call.viewer, id: call.id(), visibility });
}

async function doers(call: Call<number | null>, by: typeof favouritedBy): Promise<Response> {
  const page = call.page(ACCOUNTS);
  const rows = found(await call.query(by, { viewer: call.viewer, id: call.id(), page }));
  return call.list(rows, page, (account) => toAccount(account, call.site));
}
