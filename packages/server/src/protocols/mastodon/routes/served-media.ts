import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { MediaFile } from '../../../media/index.ts';
import { found, type Rest } from '../http/index.ts';

/** RFC 9110 §14.1.2, one range only; others are answered with the whole file, as they may be. */
const RANGE = /^bytes=(\d{1,15})?-(\d{1,15})?$/;
/** Names are random and files never change under theirs. */
const FOREVER = 'public, max-age=31536000, immutable';

/** Uploaded files: whoever knows the name of one may see it. */
export function servedMediaRoutes(rest: Rest): void {
  const { media } = rest.deps;
  rest.app.on(['GET', 'HEAD'], '/media/:name', async (context) => {
    try {
      const name = context.req.param('name') ?? '';
      return serve(context, `"${name}"`, found(await media.find(name)));
    } catch (error) {
      return rest.fail(error, context.req.path);
    }
  });
}

function serve({ req }: Context, etag: string, { path, contentType, bytes }: MediaFile): Response {
  const headers = new Headers({
    'Content-Type': contentType,
    'Cache-Control': FOREVER,
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    // Nothing in a file may act for this server's pages, whatever a browser takes it for.
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Access-Control-Allow-Origin': '*',
    ...(isShown(contentType) ? {} : { 'Content-Disposition': 'attachment' }),
  });
  if (isKnown(req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  const wanted =
    req.header('if-range') === undefined || req.header('if-range') === etag ? req.header('range') : undefined;
  const range = wanted === undefined ? undefined : readRange(wanted, bytes);
  if (range === 'outside') {
    headers.set('Content-Range', `bytes */${bytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  headers.set('Content-Length', String(end - start + 1));
  if (range) headers.set('Content-Range', `bytes ${start}-${end}/${bytes}`);
  const body = req.method === 'HEAD' ? null : streamOf(path, start, end);
  return new Response(body, { status: range ? 206 : 200, headers });
}

function streamOf(path: string, start: number, end: number): ReadableStream {
  // Node's type of the web's stream is the web's stream.
  return Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream;
}

/** What a browser shows by itself without running anything in it. */
function isShown(contentType: string): boolean {
  return /^(?:image\/(?:png|jpeg|gif|webp)|video\/|audio\/)/.test(contentType);
}

function isKnown(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim()));
}

function readRange(header: string, bytes: number): { start: number; end: number } | 'outside' | undefined {
  const [whole, first, last] = RANGE.exec(header) ?? [];
  if (whole === undefined || (first === undefined && last === undefined)) return undefined;
  if (first === undefined) {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'outside' : { start: bytes - length, end: bytes - 1 };
  }
  const [start, end] = [Number(first), last === undefined ? bytes - 1 : Math.min(Number(last), bytes - 1)];
  if (last !== undefined && Number(last) < start) return undefined;
  return start >= bytes ? 'outside' : { start, end };
}
