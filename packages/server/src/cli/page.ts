import { CarillonClientError, type CarillonEvent, GapError } from '@carillon/client';
import { CommandFailure } from './exit-code.ts';
import type { ServerAddress } from './server-address.ts';

export interface EventPage {
  readonly events: readonly CarillonEvent[];
  /** Read on after it. */
  readonly position: string;
}

/** Events that are there now, without waiting for more: a long poll of no length. */
export async function readPage(
  { url, token }: ServerAddress,
  topics: readonly string[],
  since: string | undefined,
  limit: number,
): Promise<EventPage> {
  const query = new URLSearchParams({ wait: '0', limit: String(limit) });
  for (const topic of topics) query.append('topic', topic);
  if (since !== undefined) query.set('since', since);
  const response = await fetch(`${url}/v1/events?${query.toString()}`, {
    headers: {
      accept: 'application/cloudevents-batch+json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(30_000),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response.status, body);
  const position = response.headers.get('carillon-position');
  if (position === null || !Array.isArray(body)) throw new CommandFailure('failed', `${url} is not a Carillon server`);
  return { events: body, position };
}

function refusal(status: number, body: unknown): Error {
  const facts = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}));
  const code = String(facts.get('code') ?? `http-${status}`);
  const detail = String(facts.get('detail') ?? `the server answered ${status}`);
  if (code === 'gap') return new GapError(String(facts.get('earliest')), detail);
  return new CarillonClientError({ code, detail, retryable: facts.get('retryable') === true });
}
