import { CarillonError } from '@carillon/core';
import { Hono, type HonoRequest } from 'hono';
import type { DevCredentials } from './dev-credentials.ts';

export interface DevDeps {
  readonly credentials: () => Promise<DevCredentials>;
}

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * What gives out secrets answers only this machine's own programs and pages of this very server: throws for others. A
 * page elsewhere shows itself by `Origin` or `Sec-Fetch-Site`, a rebound name (DNS rebinding) by its `Host`.
 */
export function requireThisMachine(req: HonoRequest): void {
  if (!LOOPBACK_HOST.test(req.header('host') ?? '')) {
    throw new CarillonError('misdirected', `${req.path} answers only on localhost`);
  }
  const site = req.header('sec-fetch-site') ?? 'none';
  if (req.header('origin') !== undefined || (site !== 'none' && site !== 'same-origin')) {
    throw new CarillonError('forbidden', `${req.path} answers no other web page`);
  }
}

/** `/dev/*`; no answer carries a CORS header. */
export function createDevRoutes(deps: DevDeps): Hono {
  const routes = new Hono();
  routes.use('/dev/*', async ({ req, header }, next) => {
    requireThisMachine(req);
    await next();
    header('cache-control', 'no-store');
    header('cross-origin-resource-policy', 'same-origin');
    header('x-content-type-options', 'nosniff');
  });
  routes.get('/dev/credentials.json', async (context) => context.json(await deps.credentials()));
  return routes;
}
