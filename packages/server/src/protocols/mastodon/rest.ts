import type { Hono } from 'hono';
import type { MastodonDependencies } from './dependencies.ts';
import { notFound, Rest } from './http/index.ts';
import { addOauth } from './oauth/index.ts';
import { peopleRoutes } from './routes/people.ts';
import { postRoutes } from './routes/posts.ts';

/** Every REST call of this protocol. Each file under `routes/` puts its own calls on the one `Rest`. */
export function createRest(deps: MastodonDependencies): Hono {
  const rest = new Rest(deps);
  addOauth(rest);
  peopleRoutes(rest);
  postRoutes(rest);
  rest.app.all('/api/*', (context) => rest.fail(notFound(), context.req.path));
  return rest.app;
}
