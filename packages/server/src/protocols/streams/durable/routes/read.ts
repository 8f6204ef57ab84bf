import { CarillonError } from '@carillon/core';
import type { Context } from 'hono';
import type { DurableDependencies } from '../dependencies.ts';
import { bodyOf } from '../encode.ts';
import {
  cacheControl,
  etagOf,
  expiryHeaders,
  isMatch,
  offsetAt,
  progressHeaders,
  SECURITY_HEADERS,
} from '../headers.ts';
import type { KeepAlive } from '../keep-alive.ts';
import { type Caller, describe, positionOf, readableTopic } from '../lookup.ts';
import { readStream } from '../page.ts';
import { decodeRead } from '../wire.ts';

/** `HEAD`: Durable Streams §5.5; does not begin the idle time anew. */
export async function headStream(deps: DurableDependencies, caller: Caller, path: string): Promise<Response> {
  const { stream } = await describe(deps, readableTopic(deps, caller, path));
  return new Response(null, {
    headers: {
      ...SECURITY_HEADERS,
      'content-type': stream.contentType,
      'cache-control': 'no-store',
      'stream-next-offset': offsetAt(stream.tail, deps.log.head),
      ...expiryHeaders(stream),
      ...(stream.closedAt === undefined ? {} : { 'stream-closed': 'true' }),
    },
  });
}

/** `GET` without `live`: §5.6. */
export async function catchUp(
  c: Context,
  deps: DurableDependencies,
  keepAlive: KeepAlive,
  caller: Caller,
  path: string,
): Promise<Response> {
  const topic = readableTopic(deps, caller, path);
  const { from } = decodeRead(new URL(c.req.url).searchParams);
  const { stream } = await describe(deps, topic);
  await keepAlive.touch(stream);
  const { head } = deps.log;
  const fixed = { ...SECURITY_HEADERS, 'content-type': stream.contentType };
  if (from.kind === 'now') {
    const page = { next: stream.tail, upToDate: true, closed: stream.closedAt !== undefined };
    const headers = { ...fixed, 'cache-control': 'no-store', ...progressHeaders(head, page) };
    return new Response(bodyOf(stream.contentType, []), { headers });
  }
  const after = positionOf(from, stream, head);
  const { maxPageEvents, maxPageBytes } = deps.settings;
  const page = await readStream(deps.log, stream, after, { limit: maxPageEvents, maxBytes: maxPageBytes });
  if (page.ended) throw new CarillonError('not-found', 'the stream was deleted while it was read');
  const etag = etagOf(stream, after, page);
  const headers = {
    ...fixed,
    'cache-control': cacheControl(page, { isPublic: caller.isAnonymous }),
    etag,
    ...progressHeaders(head, page),
  };
  if (isMatch(c.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  return new Response(bodyOf(stream.contentType, page.events), { headers });
}
