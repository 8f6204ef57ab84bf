import * as z from 'zod';
import { announcementsFor, dismissAnnouncement, reactToAnnouncement } from '../../../domain/index.ts';
import { toAnnouncement } from '../entities/index.ts';
import { type Call, flag, type Rest, user } from '../http/index.ts';

const REACTION = '/api/v1/announcements/:id/reactions/:name';

/** What the community's administration says to everybody (docs.joinmastodon.org/methods/announcements). */
export function announcementRoutes(rest: Rest): void {
  rest.get('/api/v1/announcements', user(), async (call) => {
    const { with_dismissed = false } = call.search(z.object({ with_dismissed: flag }));
    const rows = await call.query(announcementsFor, { viewer: call.viewer, withDismissed: with_dismissed });
    return rows.map(toAnnouncement);
  });
  rest.post('/api/v1/announcements/:id/dismiss', user('write:accounts'), async (call) => {
    await call.run(dismissAnnouncement, { actor: call.viewer, id: call.id() });
  });
  rest.put(REACTION, user('write:favourites'), (call) => react(call, true));
  rest.delete(REACTION, user('write:favourites'), (call) => react(call, false));
}

async function react(call: Call<number>, on: boolean) {
  await call.run(reactToAnnouncement, { actor: call.viewer, id: call.id(), name: call.param('name'), on });
}
