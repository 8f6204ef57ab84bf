import { CarillonError, type Principal, toErrorValue } from '@carillon/core';
import { type Context, Hono } from 'hono';
import { readBody, readQuery } from '../../auth/index.ts';
import {
  accountByAcct,
  createMedia,
  createPost,
  editPost,
  type IngestedPost,
  ingestAccount,
  ingestedPosts,
  removeIngested,
} from '../../domain/index.ts';
import type { Protocol } from '../protocol.ts';
import { type BroughtPost, broughtEdit, broughtPost, whichPost, whoseFile } from './brought.ts';
import { compose, parentId } from './compose.ts';
import type { IngestDependencies } from './dependencies.ts';

export type { IngestDependencies } from './dependencies.ts';

/** What a token needs to bring posts; applications cannot ask for it, administrators give it. */
const INGEST_SCOPE = 'ingest';
const POSTS = '/v1/ingest/posts';
const MEDIA = '/v1/ingest/media';

/** Posts of other servers, brought by a program that reads them there. */
export function createIngest(deps: IngestDependencies): Protocol {
  const rest = new Hono();
  const trusted = (answer: Answer) => async (context: Context) =>
    answer(deps, context, await requireIngest(deps, context));
  rest.post(POSTS, trusted(bring));
  rest.put(POSTS, trusted(change));
  rest.delete(POSTS, trusted(remove));
  rest.post(MEDIA, trusted(bringFile));
  return { name: 'ingest', rest, streams: [] };
}

/** To a call of a program that may bring posts. */
type Answer = (deps: IngestDependencies, context: Context, by: Principal) => Promise<Response>;

async function requireIngest({ authenticator }: IngestDependencies, context: Context): Promise<Principal> {
  const principal = await authenticator.authenticate({ authorization: context.req.header('authorization') });
  if (principal.admin || principal.scopes?.includes(INGEST_SCOPE)) return principal;
  throw new CarillonError('forbidden', `this needs a token with the scope ${INGEST_SCOPE}, or the admin token`);
}

/** Bringing a post again changes nothing and answers with what is here. */
async function bring(deps: IngestDependencies, context: Context, by: Principal): Promise<Response> {
  const brought = await readBody(context, broughtPost);
  const before = await find(deps, brought.origin);
  if (before) return context.json(shown(before), 200);
  const { note, ...author } = brought.author;
  const account = await bringAccount(deps, {
    ...author,
    ...(note === '' ? {} : { noteHtml: await noteHtml(deps, note, by) }),
  });
  try {
    const made = await create(deps, account, brought, by);
    return context.json(shown(made), 201);
  } catch (error) {
    // Another request brought it in the meantime.
    const there = toErrorValue(error).code === 'conflict' ? await find(deps, brought.origin) : undefined;
    if (there) return context.json(shown(there), 200);
    throw error;
  }
}

async function create(
  deps: IngestDependencies,
  actor: number,
  brought: BroughtPost,
  by: Principal,
): Promise<IngestedPost> {
  const { origin, author: _, visibility, replyTo, createdAt, ...content } = brought;
  const body = await compose(deps, content, by.id);
  const written = deps.commands.run(createPost, {
    actor,
    visibility,
    origin,
    body,
    ...(replyTo === undefined ? {} : { replyTo: await parentId(deps, replyTo) }),
    ...(createdAt === undefined ? {} : { createdAt: Date.parse(createdAt) }),
  });
  const { result } = await written.catch(refuseAuthor);
  return { origin, id: result.post.id, author: actor };
}

async function change(deps: IngestDependencies, context: Context, by: Principal): Promise<Response> {
  const { origin } = readQuery(context, whichPost);
  const content = await readBody(context, broughtEdit);
  const { id, author } = await require(deps, origin);
  const body = await compose(deps, content, by.id);
  await deps.commands.run(editPost, { actor: author, id, body }).catch(refuseAuthor);
  return context.json(shown({ origin, id, author }));
}

/** Removing what is not here changes nothing. */
async function remove(deps: IngestDependencies, context: Context): Promise<Response> {
  const { origin } = readQuery(context, whichPost);
  await deps.commands.run(removeIngested, { origin });
  return context.body(null, 204);
}

async function bringFile(deps: IngestDependencies, context: Context, by: Principal): Promise<Response> {
  const { description, ...author } = readQuery(context, whoseFile);
  const { rows: known } = await deps.commands.query(accountByAcct, { acct: `${author.name}@${author.domain}` });
  const actor = known?.id ?? (await bringAccount(deps, { ...author, displayName: author.name }));
  const coming = { owner: by.id, contentLength: context.req.header('content-length'), atMost: deps.maxMediaBytes };
  const saved = await deps.media.hold(coming, async () =>
    deps.media.save(Buffer.from(await context.req.arrayBuffer()), by.id),
  );
  const made = deps.commands.run(createMedia, { ...saved, actor, description: description ?? null });
  const { result } = await made.catch(refuseAuthor);
  return context.json({ id: String(result.id), type: result.type }, 201);
}

/** That an author may do nothing here says nothing of the token that brings its posts. */
function refuseAuthor(error: unknown): never {
  if (toErrorValue(error).code !== 'unauthorized') throw error;
  throw new CarillonError('forbidden', 'author: is suspended here, or gone', { cause: error });
}

interface BroughtAccount {
  readonly name: string;
  readonly domain: string;
  readonly url: string;
  readonly displayName: string;
  readonly noteHtml?: string;
  readonly bot?: boolean;
  readonly locked?: boolean;
}

async function bringAccount({ commands, domain }: IngestDependencies, author: BroughtAccount): Promise<number> {
  if (author.domain === domain) throw new CarillonError('bad-request', `author.domain: ${domain} is our own`);
  const { result } = await commands.run(ingestAccount, author);
  return result.id;
}

async function noteHtml(deps: IngestDependencies, text: string, by: Principal): Promise<string> {
  const empty = { language: null, sensitive: false, warning: '', mentions: [], tags: [], media: [] };
  return (await compose(deps, { ...empty, format: 'xhtml', text }, by.id)).html;
}

async function find({ commands }: IngestDependencies, origin: string): Promise<IngestedPost | undefined> {
  return (await commands.query(ingestedPosts, { origins: [origin] })).rows[0];
}

async function require(deps: IngestDependencies, origin: string): Promise<IngestedPost> {
  const found = await find(deps, origin);
  if (found) return found;
  throw new CarillonError('not-found', 'no post of this origin is here');
}

function shown({ origin, id, author }: IngestedPost): object {
  return { origin, id: String(id), account: String(author) };
}
