import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CarillonError } from '@carillon/core';
import { Busboy } from '@fastify/busboy';
import type { Context } from 'hono';
import type { ComingUpload } from '../../../media/index.ts';
import { type Call, type Fields, invalid } from '../http/index.ts';

export interface Upload {
  readonly file: Buffer;
  readonly fields: Fields;
}

/** Names and values of the texts beside the file. */
const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 10_000;

/** For the room that it takes in memory, before anything of it is read. */
export function comingUpload({ viewer, context }: Call<number>, atMost: number): ComingUpload {
  return { owner: String(viewer), contentLength: context.req.header('content-length'), atMost };
}

/**
 * Reads a multipart upload as it comes, and keeps no more of it than its file may be large. The rest is read and
 * dropped, within the transport's own bound: a body that is broken off is no answer that every client understands.
 */
export async function readUpload({ req }: Context, maxBytes: number): Promise<Upload> {
  const type = req.header('content-type') ?? '';
  const { body } = req.raw;
  if (body === null || !/^multipart\/form-data\s*;/i.test(type)) throw invalid("File can't be blank");
  const fields: Record<string, unknown> = {};
  const pieces: Buffer[] = [];
  let refusal: CarillonError | undefined;
  const form = openForm(type, maxBytes);
  form.on('field', (name: string, value: string) => {
    fields[name] = value;
  });
  form.on('file', (name: string, stream: NodeJS.ReadableStream) => {
    // A thumbnail of one's own is not taken.
    if (name !== 'file') stream.resume();
    else stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('limit', () => {
      refusal = new CarillonError('too-large', `a file is at most ${maxBytes} bytes`, { facts: { limit: maxBytes } });
    });
  });
  try {
    await pipeline(Readable.fromWeb(body), form);
  } catch (cause) {
    throw new CarillonError('bad-request', 'the body is not a valid multipart form', { cause });
  }
  if (refusal) throw refusal;
  if (pieces.length === 0) throw invalid("File can't be blank");
  return { file: Buffer.concat(pieces), fields };
}

function openForm(type: string, maxBytes: number): InstanceType<typeof Busboy> {
  const limits = { files: 2, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, fieldNameSize: 100, fileSize: maxBytes };
  try {
    return new Busboy({ headers: { 'content-type': type }, limits });
  } catch (cause) {
    throw new CarillonError('bad-request', 'the body is not a valid multipart form', { cause });
  }
}
