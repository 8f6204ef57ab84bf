import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CarillonError } from '@carillon/core';
import { Busboy } from '@fastify/busboy';
import type { Context } from 'hono';

/** Every field of a request by name, as text; the body's counts before the query's, and the last of several. */
export type Fields = ReadonlyMap<string, string>;

export interface ReadFields {
  readonly all: Fields;
  /** Those of the body alone. */
  readonly body: Fields;
}

const MAX_FIELDS = 1_000;
const MAX_NAME_BYTES = 1_000;

/** Reads query and body of any method; bodies that are no form say nothing. Files are no fields. */
export async function readFields({ req }: Context): Promise<ReadFields> {
  const query = new URL(req.url).searchParams;
  const body = toFields(await readBody(req));
  return { all: new Map([...toFields(query), ...body]), body };
}

function toFields(pairs: Iterable<readonly [string, unknown]>): Fields {
  const fields = new Map<string, string>();
  let count = 0;
  for (const [name, value] of pairs) {
    count += 1;
    if (count > MAX_FIELDS) throw new CarillonError('too-large', `a request may have ${MAX_FIELDS} fields`);
    if (typeof value === 'string') fields.set(name, value);
  }
  return fields;
}

async function readBody(req: Context['req']): Promise<Iterable<readonly [string, unknown]>> {
  if (req.method === 'GET' || req.method === 'HEAD') return [];
  const bytes = await req.arrayBuffer();
  const type = req.header('content-type') ?? '';
  switch (type.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'multipart/form-data':
      return readForm(bytes, type);
    case '':
    case 'application/x-www-form-urlencoded':
      return new URLSearchParams(Buffer.from(bytes).toString('utf8'));
    default:
      return [];
  }
}

/** RFC 7578; what is in files is dropped. */
async function readForm(bytes: ArrayBuffer, type: string): Promise<Iterable<readonly [string, unknown]>> {
  const pairs: [string, string][] = [];
  try {
    const limits = { fieldNameSize: MAX_NAME_BYTES, fieldSize: bytes.byteLength };
    const form = new Busboy({ headers: { 'content-type': type }, limits });
    form.on('field', (name, value) => pairs.push([name, value]));
    form.on('file', (_, file) => file.resume());
    await pipeline(Readable.from([Buffer.from(bytes)]), form);
  } catch (cause) {
    throw new CarillonError('bad-request', 'Invalid multipart form', { cause });
  }
  return pairs;
}
