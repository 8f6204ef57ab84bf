import { hash } from 'node:crypto';
import type { IdempotencyKey, Principal } from '@carillon/core';
import type { Context } from 'hono';
import type * as z from 'zod';
import { type Listed, type OrganizationView, organization, type PageQuery } from '../../../domain/index.ts';
import type { MastodonDependencies } from '../dependencies.ts';
import type { Site } from '../entities/index.ts';
import { type Fields, readFields, readQueryFields } from './body.ts';
import { invalid, notFound } from './failure.ts';
import { type PageSize, pageLinks, readPage } from './paging.ts';

type Commands = MastodonDependencies['commands'];
type Run = Parameters<Commands['run']>;

const ID = /^\d{1,16}$/;

/** One request of this protocol's REST, once it is known who asks. */
export class Call<Viewer extends number | null> {
  readonly deps: MastodonDependencies;
  readonly context: Context;
  readonly site: Site;
  /** The account that asks; null for nobody in particular and for applications. */
  readonly viewer: Viewer;
  readonly principal: Principal | null;

  constructor(deps: MastodonDependencies, context: Context, principal: Principal | null, viewer: Viewer) {
    this.deps = deps;
    this.context = context;
    this.principal = principal;
    this.viewer = viewer;
    this.site = { baseUrl: deps.settings.baseUrl(), domain: deps.settings.domain };
  }

  /** An id of the path; what is none is found nowhere. */
  id(name = 'id'): number {
    const text = this.context.req.param(name) ?? '';
    const id = ID.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(id)) throw notFound();
    return id;
  }

  /** A part of the path, decoded. */
  param(name: string): string {
    return this.context.req.param(name) ?? '';
  }

  fields(): Promise<Fields> {
    return readFields(this.context);
  }

  /** Query and body, checked; throws naming the first field that is wrong. Unknown fields are ignored. */
  async input<Schema extends z.ZodType>(schema: Schema): Promise<z.infer<Schema>> {
    return checked(await this.fields(), schema);
  }

  /** The query alone, checked. */
  search<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
    return checked(readQueryFields(this.context), schema);
  }

  page(size: PageSize): PageQuery {
    return readPage(readQueryFields(this.context), size);
  }

  /** Runs a command and gives its answer. */
  async run<Input, Result>(
    command: { readonly name: string; readonly input?: Input; readonly output?: Result },
    input: Input,
    idempotency?: Run[2],
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

  organization(): Promise<OrganizationView> {
    return organizationOf(this.deps);
  }

  /** A page as an answer with its `Link` header. */
  list<Item>(rows: readonly Listed<Item>[], page: PageQuery, show: (item: Item) => unknown): Response {
    return this.listed(
      rows.map(({ item }) => show(item)),
      rows.map(({ cursor }) => cursor),
      page,
    );
  }

  /** Entities with the ids that they are paged by; `cursors` are as many as the page has rows. */
  listed(entities: unknown, cursors: readonly number[], { limit }: PageQuery): Response {
    const { pathname, search } = new URL(this.context.req.url);
    const links = pageLinks(new URL(this.site.baseUrl + pathname + search), cursors, limit);
    const answer = json(entities);
    if (links !== undefined) answer.headers.set('Link', links);
    return answer;
  }

  /** The request's `Idempotency-Key`, for what it asks; `undefined` without one. */
  idempotency(asked: unknown): IdempotencyKey | undefined {
    const key = this.context.req.header('idempotency-key');
    if (key === undefined || key === '') return undefined;
    if (key.length > 255) throw invalid('Idempotency-Key is too long');
    return {
      scope: `mastodon:${this.principal?.id ?? ''}:${this.context.req.method} ${this.context.req.path}`,
      key,
      digest: hash('sha256', JSON.stringify(asked), 'base64url'),
    };
  }
}

/** What the community says of itself; the settings where administrators said nothing. */
export async function organizationOf({ commands, settings }: MastodonDependencies): Promise<OrganizationView> {
  const { title, description, registrations } = settings;
  return (await commands.query(organization, { defaults: { title, description, registrations } })).rows;
}

/** Fields that a schema takes; throws in the words of the protocol. */
export function checked<Schema extends z.ZodType>(fields: Fields, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  throw invalid(`${field === '' ? 'the request' : field} ${issue?.message ?? 'is invalid'}`);
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'private, no-store' },
  });
}

/** Unwraps what a query found; throws for nothing. */
export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw notFound();
  return row;
}
