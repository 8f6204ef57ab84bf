import * as z from 'zod';
import { type MarkerView, markersOf, setMarkers } from '../../../domain/index.ts';
import { toMarker } from '../entities/index.ts';
import { many, type Rest, user } from '../http/index.ts';

const TIMELINES = ['home', 'notifications'] as const;
const place = z.object({ last_read_id: z.coerce.string().regex(/^\d{1,20}$/, 'is not an id') }).optional();
const places = z.object({ home: place, notifications: place });

/** How far one has read (docs.joinmastodon.org/methods/markers). */
export function markerRoutes(rest: Rest): void {
  rest.get('/api/v1/markers', user('read:statuses'), async (call) => {
    const asked = call.search(z.object({ timeline: many(z.string()) }));
    const timelines = TIMELINES.filter((name) => asked.timeline?.includes(name));
    return show(await call.query(markersOf, { viewer: call.viewer, timelines }));
  });
  rest.post('/api/v1/markers', user('write:statuses'), async (call) => {
    const asked = await call.input(places);
    const markers = TIMELINES.flatMap((timeline) => {
      const lastReadId = asked[timeline]?.last_read_id;
      return lastReadId === undefined ? [] : [{ timeline, lastReadId }];
    });
    return show(await call.run(setMarkers, { actor: call.viewer, markers }));
  });
}

function show(markers: readonly MarkerView[]) {
  return Object.fromEntries(markers.map((marker) => [marker.timeline, toMarker(marker)]));
}
