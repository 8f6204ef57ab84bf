import { errorOf, problemOf } from '../errors.ts';
import type { CarillonEvent } from '../event.ts';
import { authorization, type Connection, eventsAddress, SILENCE_MS, type Signal } from './transport.ts';

const WAIT_SECONDS = 30;

/** Asks again and again; the first question without a position returns at once, to learn where "now" is. */
export async function* longPoll(connection: Connection): AsyncGenerator<Signal, void> {
  let since = connection.since;
  for (;;) {
    const wait = since === undefined ? 0 : WAIT_SECONDS;
    const address = eventsAddress(connection, { wait: String(wait), ...(since === undefined ? {} : { since }) });
    const response = await connection.fetch(address, {
      headers: { accept: 'application/cloudevents-batch+json', ...authorization(connection) },
      signal: AbortSignal.any([connection.signal, AbortSignal.timeout(SILENCE_MS)]),
      cache: 'no-store',
    });
    if (!response.ok) {
      const problem = await problemOf(response);
      if (problem.code !== 'gap') throw errorOf(problem);
      yield { kind: 'gap', earliest: problem.earliest, reason: problem.detail };
      since = problem.earliest ?? 'earliest';
      continue;
    }
    const position = response.headers.get('carillon-position');
    if (position === null) throw new Error('the answer lacks Carillon-Position');
    // A batch of CloudEvents, as asked for.
    for (const event of (await response.json()) as readonly CarillonEvent[]) yield { kind: 'event', event };
    yield { kind: 'position', position };
    since = position;
  }
}
