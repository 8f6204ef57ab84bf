import { errorOf, problemOf } from '../errors.ts';
import type { CarillonEvent } from '../event.ts';
import { createSseParser, type SseBlock } from '../sse-parser.ts';
import { authorization, type Connection, eventsAddress, SILENCE_MS, type Signal } from './transport.ts';

/** Server-sent events over fetch, so that the credential travels in a header and reading slowly slows the server. */
export async function* sse(connection: Connection): AsyncGenerator<Signal, void> {
  const silence = new AbortController();
  const alarm = () => setTimeout(() => silence.abort(new Error('the server fell silent')), SILENCE_MS);
  let timer = alarm();
  try {
    const response = await connection.fetch(
      eventsAddress(connection, connection.since === 'earliest' ? { since: 'earliest' } : {}),
      {
        headers: {
          accept: 'text/event-stream',
          ...authorization(connection),
          ...(connection.since === undefined || connection.since === 'earliest'
            ? {}
            : { 'last-event-id': connection.since }),
        },
        signal: AbortSignal.any([connection.signal, silence.signal]),
        cache: 'no-store',
      },
    );
    if (!response.ok) throw errorOf(await problemOf(response));
    if (!response.body) throw new Error('the answer has no body');
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parse = createSseParser();
    for (;;) {
      const chunk = await reader.read();
      if (chunk.done) return;
      clearTimeout(timer);
      for (const block of parse(decoder.decode(chunk.value, { stream: true }))) yield* signals(block);
      timer = alarm();
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function* signals(block: SseBlock): Generator<Signal> {
  if (block.event === 'gap') {
    // The two blocks that the native protocol's README describes.
    const { earliest, reason } = JSON.parse(block.data ?? '{}') as { earliest?: string; reason?: string };
    yield { kind: 'gap', earliest, reason: reason ?? 'gap' };
  } else if (block.event === '' && block.data !== undefined) {
    // A block without a name is one CloudEvent.
    yield { kind: 'event', event: JSON.parse(block.data) as CarillonEvent };
  }
  if (block.id !== undefined && block.data === undefined) yield { kind: 'position', position: block.id };
}
