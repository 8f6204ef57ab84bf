import type { Hono } from 'hono';
import type { ProblemAt } from '../../transport/index.ts';
import type { Protocol } from '../protocol.ts';
import type { ZulipParts } from './dependencies.ts';
import { ENDPOINTS } from './endpoints.ts';
import { createRest, refusedProblem } from './http/index.ts';
import { openQueues } from './queues/open.ts';
import { createPollRoute } from './queues/poll.ts';

export type { ZulipParts, ZulipSettings } from './dependencies.ts';
export { zulipReference } from './reference.ts';

/** Zulip's REST API. Its addresses lie among those of others, so the composition decides which of them come to `api`. */
export function createZulip(parts: ZulipParts): Protocol & { readonly api: Hono } {
  const deps = { ...parts, queues: openQueues(parts) };
  return {
    name: 'zulip',
    api: createRest(deps, ENDPOINTS),
    streams: [createPollRoute(deps)],
    problemAt,
    close: async () => deps.queues.close(),
  };
}

const ADDRESS = new RegExp(`^/api/v1(?:${ENDPOINTS.map(({ path }) => path.replaceAll(/:\\w+/g, '[^/]+')).join('|')})$`);

/** What the transport refuses at one of this protocol's addresses. */
const problemAt: ProblemAt = (path, error) => (ADDRESS.test(path) ? refusedProblem(error) : undefined);
