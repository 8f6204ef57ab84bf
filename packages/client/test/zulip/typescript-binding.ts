import { createZulipClient, type EventLoopOptions, type ZulipClient, ZulipError } from '../../src/zulip/index.ts';
import { API_KEY, EMAIL, type Played, type Run, type VectorCall } from './vector.ts';

class Thrown extends Error {}

export async function playTypeScript({ vector, site, random, waited }: Run): Promise<Played> {
  const played: Played = { heard: [], waitsMs: [], gaps: [] };
  const client = createZulipClient({
    email: EMAIL,
    apiKey: API_KEY,
    site,
    ...(vector.pollTimeoutMs === undefined ? {} : { pollTimeoutMs: vector.pollTimeoutMs }),
    waiting: {
      random: () => random,
      pause: async (ms) => {
        played.waitsMs.push(ms);
        await waited();
      },
    },
  });
  try {
    played.ends = { answer: await start(client, vector.call, played) };
  } catch (error) {
    if (error instanceof Thrown) played.ends = { thrown: true };
    else if (error instanceof ZulipError) played.ends = { error: { status: error.status, code: error.code } };
    else throw error;
  }
  return played;
}

function start(client: ZulipClient, call: VectorCall, played: Played): Promise<unknown> {
  if (call.method === 'sendMessage') return client.sendMessage(call.message);
  if (call.method === 'call') return client.call(call.verb, call.path, call.fields);
  const options: EventLoopOptions = {
    ...(call.eventTypes && { eventTypes: call.eventTypes }),
    ...(call.narrow && { narrow: call.narrow }),
    ...(call.fields && { fields: call.fields }),
    onGap: (lastEventId) => played.gaps.push(lastEventId),
  };
  const hear = async (told: { readonly id: number }): Promise<void> => {
    played.heard.push(told);
    if (told.id === call.throwAt) throw new Thrown();
  };
  return call.method === 'callOnEachMessage'
    ? client.callOnEachMessage(hear, options)
    : client.callOnEachEvent(hear, options);
}
