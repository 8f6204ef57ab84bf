import { CarillonError } from '@carillon/core';
import type { Context, Hono } from 'hono';
import { problemResponse } from './transport/index.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What Hono calls a handler of every method: middleware, and routes that answer for all methods themselves. */
const ANY = 'ALL';

/** Answers what no route took: 405 where another method would have been answered, 404 elsewhere. */
export function answerUnknown(app: Hono, { req }: Context): Response {
  const takes = METHODS.filter((method) => {
    const [handlers] = app.router.match(method, req.path);
    return handlers.some(([[, route]]) => route.method !== ANY);
  });
  if (takes.length === 0) return problemResponse(new CarillonError('not-found', 'there is nothing at this address'));
  const allow = (takes.includes('GET') ? ['GET', 'HEAD', ...takes.slice(1)] : takes).join(', ');
  return problemResponse(new CarillonError('method-not-allowed', `this address takes ${allow}`, { facts: { allow } }));
}
