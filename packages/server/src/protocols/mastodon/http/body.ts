import { CarillonError, nestsTooDeep } from '@carillon/core';
import type { Context } from 'hono';
import { nest } from './nested.ts';

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Everything that a request says, from its query and its body, the body's word counting where both have one. Bodies
 * may be JSON, urlencoded and multipart, where files are `File`.
 */
export async function readFields(context: Context): Promise<Fields> {
  return { ...readQueryFields(context), ...(await readBody(context)) };
}

export function readQueryFields({ req }: Context): Fields {
  return nest(new URL(req.url).searchParams);
}

async function readBody({ req }: Context): Promise<Fields> {
  if (req.method === 'GET' || req.method === 'HEAD') return {};
  const type = (req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  switch (type) {
    case 'application/json':
      return readJson(await req.text());
    case 'multipart/form-data':
      return nest(await readForm(req));
    case '':
    case 'application/x-www-form-urlencoded':
      return nest(new URLSearchParams(await req.text()));
    default: {
      if ((await req.text()) === '') return {};
      throw new CarillonError('unsupported-media-type', 'send JSON, a urlencoded form or a multipart form');
    }
  }
}

async function readForm(req: Context['req']): Promise<FormData> {
  try {
    return await req.formData();
  } catch (cause) {
    throw new CarillonError('bad-request', 'the body is not a valid multipart form', { cause });
  }
}

function readJson(text: string): Fields {
  if (text === '') return {};
  let value: unknown;
  try {
    if (nestsTooDeep(text)) throw new Error('nested too deep');
    value = JSON.parse(text);
  } catch (cause) {
    throw new CarillonError('bad-request', 'the body is not valid JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CarillonError('bad-request', 'the body is no JSON object');
  }
  return Object.fromEntries(Object.entries(value));
}
