import { CarillonError } from '@carillon/core';
import type { Context, Hono } from 'hono';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What Hono calls a handler of every method: middleware, and routes that answer for all methods themselves. */
const ANY = 'ALL';

/** What is wrong with a request that no route took: 405 where another method would have been answered, 404 elsewhere. */
export function unknownAddress(app: Hono, { req }: Context): CarillonError {
  const takes = takenMethods(app, req.path);
  if (takes.length === 0) return new CarillonError('not-found', 'there is nothing at this address');
  const allow = (takes.includes('GET') ? ['GET', 'HEAD', ...takes.slice(1)] : takes).join(', ');
  return new CarillonError('method-not-allowed', `this address takes ${allow}`, { facts: { allow } });
}

/** The methods that a route of its own takes at this address. */
export function takenMethods(app: Hono, path: string): readonly string[] {
  return METHODS.filter((method) => {
    const [handlers] = app.router.match(method, path);
    return handlers.some(([[, route]]) => route.method !== ANY);
  });
}
