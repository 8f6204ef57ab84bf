import { CarillonError } from '@carillon/core';
import { type Context, Hono } from 'hono';
import type { ZulipDependencies } from '../dependencies.ts';
import { type Asker, admit } from './admit.ts';
import { refused, success } from './answer.ts';
import { addressOf, Call } from './call.ts';
import type { Endpoint, Verb } from './endpoint.ts';
import { Refusal, unknownAddress } from './failure.ts';
import { type ReadFields, readFields } from './fields.ts';
import { createCounter } from './limits.ts';
import { ignoredFields } from './read-parameters.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

type ByVerb = ReadonlyMap<string, Endpoint>;

/** Every endpoint at its address. Of two paths that fit a request the first counts; unknown ones are refused alike. */
export function createRest(deps: ZulipDependencies, endpoints: readonly Endpoint[]): Hono {
  const app = new Hono();
  for (const [path, group] of Map.groupBy(endpoints, (each) => each.path)) {
    const byVerb = new Map<string, Endpoint>(group.map((each) => [each.verb, each]));
    app.on(METHODS, `/api/v1${path}`, (context) => answer(deps, context, byVerb));
  }
  app.notFound(() => refused(unknownAddress()));
  app.onError((error) => {
    deps.failed(error, 'zulip');
    return refused(error);
  });
  return app;
}

async function answer(deps: ZulipDependencies, context: Context, byVerb: ByVerb): Promise<Response> {
  if (context.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { Allow: allowed(byVerb) } });
  const { count, said } = createCounter(deps);
  try {
    const fields = await readFields(context);
    const { verb, isOverridden } = verbOf(context, fields);
    const endpoint = byVerb.get(verb);
    if (!endpoint) throw wrongVerb(byVerb);
    const principal =
      endpoint.access === 'anyone' ? undefined : await admit(deps, asker(context), endpoint.access, count);
    if (!principal) count({ kind: 'anonymous', address: addressOf(context) });
    const found = await endpoint.answer(new Call(deps, context, principal, fields.all.get('client')), fields.all);
    const ignored = ignoredFields(endpoint.parameters, fields.all).filter((name) => !isRead(name, isOverridden));
    return said(success(found, ignored));
  } catch (error) {
    if (!(error instanceof CarillonError)) deps.failed(error, context.req.path);
    return said(refused(error));
  }
}

function asker(context: Context): Asker {
  return { authorization: context.req.header('authorization'), address: addressOf(context) };
}

/** What is read of every request, whatever its endpoint: the name of the client, and the verb that a form asks for. */
function isRead(name: string, isOverridden: boolean): boolean {
  return name === 'client' || (name === 'method' && isOverridden);
}

/** A form that is posted may ask for another verb in its field `method`. */
function verbOf({ req }: Context, { body }: ReadFields): { readonly verb: string; readonly isOverridden: boolean } {
  const asked = req.method === 'POST' ? body.get('method') : undefined;
  if (asked !== undefined) return { verb: asked, isOverridden: true };
  return { verb: req.method === 'HEAD' ? 'GET' : req.method, isOverridden: false };
}

function allowed(byVerb: ByVerb): string {
  return [...byVerb.keys()].flatMap((verb) => (verb === ('GET' satisfies Verb) ? ['GET', 'HEAD'] : [verb])).join(', ');
}

function wrongVerb(byVerb: ByVerb): Refusal {
  return new Refusal('Method Not Allowed', {
    status: 405,
    extra: { allowed_methods: [...byVerb.keys()] },
    headers: { Allow: allowed(byVerb) },
  });
}
