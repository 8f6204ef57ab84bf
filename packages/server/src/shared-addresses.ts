import type { Context, Hono, MiddlewareHandler } from 'hono';
import { takenMethods } from './unknown-address.ts';

/**
 * Decides what two protocols have in common, everything under `/api/v1/`: an address that one of them has goes to that
 * one; what both have, or neither, goes to `basic` for a request with HTTP Basic authentication and to the other for
 * all else. `basic` then answers unknown addresses itself.
 */
export function sharedAddresses(basic: Hono, other: Hono): MiddlewareHandler {
  return async (context, next) => {
    const { path } = context.req;
    const isBasics = takenMethods(basic, path).length > 0;
    const isOthers = takenMethods(other, path).length > 0;
    if (isBasics === isOthers ? !asksWithBasic(context) : isOthers) return next();
    return basic.fetch(context.req.raw, context.env);
  };
}

function asksWithBasic({ req }: Context): boolean {
  return /^basic\b/i.test(req.header('authorization')?.trim() ?? '');
}
