import { type Event, formatToken, type Head } from '@carillon/core';
import type { Encoding, Instead } from '../../../hub/index.ts';
import type { Views } from '../../../view/index.ts';
import { cloudEventJson, sseEvent } from './encode.ts';

/**
 * The encodings of this protocol, one of each kind per app: topics are written in the short form of the reader's app,
 * so readers of different apps do not share bytes.
 */
export interface Encodings {
  sse(app: string): Encoding;
  socket(app: string): Encoding;
}

export function createEncodings(textFrame: (text: string) => Buffer, views: Pick<Views, 'excluding'>): Encodings {
  const sse = new Map<string, Encoding>();
  const socket = new Map<string, Encoding>();
  const hiddenFrom = (event: Event): ReadonlyMap<object, Instead> | undefined => {
    const excluding = views.excluding(event);
    return excluding.size === 0 ? undefined : new Map(Array.from(excluding, (view) => [view, 'nothing']));
  };
  return {
    sse: (app) => known(sse, app, () => ({ ...encoding(`events-sse:${app}`, app, sseEvent), exceptions: hiddenFrom })),
    socket: (app) =>
      known(socket, app, () =>
        encoding(`events-socket:${app}`, app, (json) => textFrame(`{"type":"event","event":${json}}`)),
      ),
  };
}

function encoding(name: string, app: string, frame: (json: string, token: string) => Buffer): Encoding {
  return {
    name,
    encode(event: Event, shown: readonly string[], head: Head) {
      const json = cloudEventJson(event, shown, head, app);
      return json === undefined ? undefined : frame(json, formatToken({ position: event.position, epoch: head.epoch }));
    },
  };
}

function known(map: Map<string, Encoding>, app: string, make: () => Encoding): Encoding {
  let found = map.get(app);
  if (!found) map.set(app, (found = make()));
  return found;
}
