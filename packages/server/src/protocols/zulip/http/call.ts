import type { IdempotencyKey, Principal } from '@carillon/core';
import type { Context } from 'hono';
import type { ZulipDependencies } from '../dependencies.ts';
import type { Site } from '../entities/index.ts';

const ID = /^\d{1,16}$/;
const LONGEST_CLIENT = 30;

/** One request, once it is known who asks. */
export class Call {
  readonly deps: ZulipDependencies;
  readonly context: Context;
  readonly site: Site;
  /** The program that asks, as it calls itself. */
  readonly client: string;
  readonly #principal: Principal | undefined;

  constructor(deps: ZulipDependencies, context: Context, principal: Principal | undefined, client?: string) {
    this.deps = deps;
    this.context = context;
    this.site = { baseUrl: deps.settings.baseUrl(), domain: deps.settings.domain };
    this.client = (client ?? productOf(context)).slice(0, LONGEST_CLIENT);
    this.#principal = principal;
  }

  /** The account that asks; only of calls that are not for anyone. */
  get viewer(): number {
    const account = this.#principal?.account;
    if (account === undefined) throw new Error('a call for anyone has no viewer');
    return account;
  }

  /** A part of the path, decoded. */
  param(name: string): string {
    return this.context.req.param(name) ?? '';
  }

  /** An id of the path; `undefined` for what is none. */
  id(name = 'id'): number | undefined {
    return readId(this.param(name));
  }

  /** Runs a command and gives its answer. */
  async run<Input, Result>(
    command: { readonly name: string; readonly input?: Input; readonly output?: Result },
    input: Input,
    idempotency?: IdempotencyKey,
  ): Promise<Result> {
    return (await this.deps.commands.run(command, input, idempotency)).result;
  }

  /** Asks a query and gives its rows. */
  async query<Input, Rows>(
    query: { readonly name: string; readonly input?: Input; readonly output?: Rows },
    input: Input,
  ): Promise<Rows> {
    return (await this.deps.commands.query(query, input)).rows;
  }
}

export function readId(text: string): number | undefined {
  const id = ID.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}

/** The client's address as the transport counts it; in a test without one, everybody is the same. */
export function addressOf({ env }: Context): string {
  // The transport's `RestEnv`; Hono knows nothing of it.
  return (env as { readonly address?: string } | undefined)?.address ?? 'unknown';
}

/** The first product of `User-Agent` (RFC 9110 §10.1.5), without its version. */
function productOf({ req }: Context): string {
  return /^[^/\s]+/.exec(req.header('user-agent') ?? '')?.[0] ?? 'Unspecified';
}
