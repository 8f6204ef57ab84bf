import { randomUUID } from 'node:crypto';
import { CarillonError, type Principal } from '@carillon/core';
import { type Context, Hono } from 'hono';
import { type Allowance, FIVE_MINUTES, RateLimiter, type Taken } from '../../../auth/index.ts';
import type { MastodonDependencies } from '../dependencies.ts';
import { type Access, admit, identify } from './access.ts';
import { Call, json } from './call.ts';
import { failure } from './failure.ts';

/** What a call answers: an entity, or a whole answer. */
export type Handler<Viewer extends number | null> = (call: Call<Viewer>) => unknown;

export interface RouteOptions {
  /** A narrower limit beside that of all calls, counted by account under this name. */
  readonly limit?: Allowance & { readonly name: string };
  /** Counts that limit by address instead. */
  readonly by?: 'address';
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where the REST calls of this protocol are put; each is found with and without a slash at its end. */
export class Rest {
  readonly app = new Hono();
  readonly deps: MastodonDependencies;
  readonly limiter: RateLimiter;

  constructor(deps: MastodonDependencies) {
    this.deps = deps;
    this.limiter = deps.limiter ?? new RateLimiter(deps.now);
    this.app.onError((error) => this.fail(error, 'mastodon'));
  }

  get<Viewer extends number | null>(path: string, access: Access<Viewer>, handler: Handler<Viewer>): void {
    this.on('GET', path, access, handler);
  }

  post<Viewer extends number | null>(
    path: string,
    access: Access<Viewer>,
    handler: Handler<Viewer>,
    options?: RouteOptions,
  ): void {
    this.on('POST', path, access, handler, options);
  }

  put<Viewer extends number | null>(path: string, access: Access<Viewer>, handler: Handler<Viewer>): void {
    this.on('PUT', path, access, handler);
  }

  delete<Viewer extends number | null>(
    path: string,
    access: Access<Viewer>,
    handler: Handler<Viewer>,
    options?: RouteOptions,
  ): void {
    this.on('DELETE', path, access, handler, options);
  }

  on<Viewer extends number | null>(
    method: Method,
    path: string,
    access: Access<Viewer>,
    handler: Handler<Viewer>,
    options: RouteOptions = {},
  ): void {
    this.app.on(method, [path, `${path}/`], (context) => this.#answer(context, access, handler, options));
  }

  /** For routes that decide by themselves who may call: the same headers, limits and errors. */
  raw(method: Method, path: string, answer: (context: Context) => Promise<Response>): void {
    this.app.on(method, [path, `${path}/`], async (context) => {
      try {
        const taken = this.#take(context, null, {});
        return dressed(await answer(context), taken);
      } catch (error) {
        return dressed(this.fail(error, context.req.path));
      }
    });
  }

  /** Counts one more of what a call does against a narrower limit of its account's; throws when that was one too many. */
  count({ principal, context }: Call<number>, { name, ...allowance }: NonNullable<RouteOptions['limit']>): void {
    const taken = this.limiter.take(`${name}:${principal?.id ?? addressOf(context)}`, allowance);
    if (!taken.allowed) throw new TooMany(taken, this.deps.now());
  }

  fail(error: unknown, where: string): Response {
    if (!(error instanceof CarillonError)) this.deps.failed(error, where);
    return failure(error);
  }

  async #answer<Viewer extends number | null>(
    context: Context,
    access: Access<Viewer>,
    handler: Handler<Viewer>,
    options: RouteOptions,
  ): Promise<Response> {
    let taken: Taken | undefined;
    try {
      const principal = await this.#identify(context);
      taken = this.#take(context, principal, options);
      const call = new Call(this.deps, context, principal, admit(access, principal));
      const said = await handler(call);
      return dressed(said instanceof Response ? said : json(said ?? {}), taken);
    } catch (error) {
      return dressed(this.fail(error, context.req.path), taken ?? takenOf(error));
    }
  }

  /** Guessed tokens count for the address that guesses. */
  async #identify(context: Context): Promise<Principal | null> {
    try {
      return await identify(this.deps.authenticator, context);
    } catch (error) {
      this.#take(context, null, {});
      throw error;
    }
  }

  /** Takes the call from everything that limits it, and tells what is nearest to its end. */
  #take(context: Context, principal: Principal | null, { limit, by }: RouteOptions): Taken {
    const { callsPerUser, callsPerToken, callsPerAddress } = this.deps.settings;
    const within = (calls: number): Allowance => ({ calls, windowMs: FIVE_MINUTES });
    const taken: Taken[] = [];
    if (principal === null) {
      taken.push(this.limiter.take(`address:${addressOf(context)}`, within(callsPerAddress)));
    } else {
      taken.push(
        this.limiter.take(`user:${principal.id}`, within(callsPerUser)),
        this.limiter.take(`token:${principal.credentialId}`, within(callsPerToken)),
      );
    }
    if (limit !== undefined)
      taken.push(
        this.limiter.take(
          `${limit.name}:${principal === null || by === 'address' ? addressOf(context) : principal.id}`,
          limit,
        ),
      );
    const nearest = taken.reduce((least, each) => (each.remaining < least.remaining ? each : least));
    const refused = taken.find(({ allowed }) => !allowed);
    if (refused) throw new TooMany(refused, this.deps.now());
    return nearest;
  }
}

class TooMany extends CarillonError {
  readonly taken: Taken;

  constructor(taken: Taken, now: number) {
    super('rate-limited', 'Too many requests', {
      facts: { retryAfter: Math.max(1, Math.ceil((taken.resetAt - now) / 1000)) },
    });
    this.taken = taken;
  }
}

/** The client's address as the transport counts it; in a test without one, everybody is the same. */
export function addressOf({ env }: Context): string {
  // The transport's `RestEnv`; Hono knows nothing of it.
  return (env as { readonly address?: string } | undefined)?.address ?? 'unknown';
}

function takenOf(error: unknown): Taken | undefined {
  return error instanceof TooMany ? error.taken : undefined;
}

function dressed(answer: Response, taken?: Taken): Response {
  answer.headers.set('X-Request-Id', randomUUID());
  if (taken) {
    answer.headers.set('X-RateLimit-Limit', String(taken.limit));
    answer.headers.set('X-RateLimit-Remaining', String(taken.remaining));
    answer.headers.set('X-RateLimit-Reset', new Date(taken.resetAt).toISOString());
  }
  return answer;
}
