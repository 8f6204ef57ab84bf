import { Hono } from 'hono';
import type { ProblemAt } from '../../transport/index.ts';
import type { Protocol } from '../protocol.ts';
import type { MastodonDependencies } from './dependencies.ts';
import { failureProblem } from './http/index.ts';
import { createRest } from './rest.ts';
import { createStreaming } from './streaming/index.ts';

export type { MastodonDependencies, MastodonSettings } from './dependencies.ts';

/** Where clients read errors as this protocol's, whoever finds them. */
const OURS = /^\/(?:api|oauth)\//;

/** Mastodon's client API: streaming, and the REST calls around it. */
export function createMastodon(dependencies: MastodonDependencies): Protocol & { readonly rest: Hono } {
  const streaming = createStreaming(dependencies);
  const rest = new Hono();
  // Before the others, which answer every unknown call.
  rest.route('/', streaming.rest);
  rest.route('/', createRest(dependencies));
  const problemAt: ProblemAt = (path, error) => (OURS.test(path) ? failureProblem(error) : undefined);
  return { name: 'mastodon', rest, streams: streaming.streams, problemAt };
}
