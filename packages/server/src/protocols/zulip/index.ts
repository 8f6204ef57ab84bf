import type { Hono } from 'hono';
import type { ProblemAt } from '../../transport/index.ts';
import type { Protocol } from '../protocol.ts';
import type { ZulipDependencies } from './dependencies.ts';
import { ENDPOINTS } from './endpoints.ts';
import { createRest, refusedProblem } from './http/index.ts';

export type { ZulipDependencies, ZulipSettings } from './dependencies.ts';
export { zulipReference } from './reference.ts';

/** Zulip's REST API. Its addresses lie among those of others, so the composition decides which of them come to `api`. */
export function createZulip(deps: ZulipDependencies): Protocol & { readonly api: Hono } {
  return { name: 'zulip', api: createRest(deps, ENDPOINTS), streams: [], problemAt };
}

const ADDRESS = new RegExp(`^/api/v1(?:${ENDPOINTS.map(({ path }) => path.replaceAll(/:\\w+/g, '[^/]+')).join('|')})$`);

/** What the transport refuses at one of this protocol's addresses. */
const problemAt: ProblemAt = (path, error) => (ADDRESS.test(path) ? refusedProblem(error) : undefined);
