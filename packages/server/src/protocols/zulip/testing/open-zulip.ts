import { createAuthenticator, createGate, makeAccountKey, RateLimiter } from '../../../auth/index.ts';
import { SETTINGS } from '../../../auth/testing/open-auth.ts';
import { createAccessToken, type NewAccount } from '../../../domain/index.ts';
import { type OpenDomain, openDomain } from '../../../domain/testing/open-domain.ts';
import { createHub } from '../../../hub/index.ts';
import { createBodyRenderer } from '../../../render/index.ts';
import { createListener } from '../../../transport/index.ts';
import { createViews } from '../../../view/index.ts';
import type { ZulipDependencies, ZulipSettings } from '../dependencies.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { createRest, type Endpoint, refusedProblem } from '../http/index.ts';
import { openQueues } from '../queues/open.ts';
import { createPollRoute } from '../queues/poll.ts';

export const BASE_URL = 'https://chat.example';
const DOMAIN = 'chat.example';

type Body = Readonly<Record<string, unknown>>;

export interface ZulipAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** Values other than text are sent as JSON, as clients do. */
export type Sent = Readonly<Record<string, unknown>>;

export interface ZulipRequest {
  /** `Authorization` as it stands; none when absent. */
  readonly authorization?: string;
  readonly query?: Sent;
  readonly form?: Sent;
  readonly multipart?: Sent;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything else. */
  readonly body?: string | FormData;
}

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly key: string;
  /** Calls as this person. */
  call(method: string, path: string, request?: ZulipRequest): Promise<ZulipAnswer>;
  /** The same; throws unless it succeeds. */
  done(method: string, path: string, request?: ZulipRequest): Promise<Body>;
}

export interface OpenZulip extends AsyncDisposable {
  readonly domain: OpenDomain;
  readonly url: string;
  /** Bugs that were reported. */
  readonly failures: readonly unknown[];
  call(method: string, path: string, request?: ZulipRequest): Promise<ZulipAnswer>;
  person(name: string, options?: Partial<NewAccount>): Promise<Person>;
  key(account: number, scopes?: readonly string[]): Promise<string>;
  /** Moves the clock of calls; the log keeps its own. */
  advance(ms: number): void;
}

export interface ZulipOptions extends Partial<ZulipSettings>, Partial<Pick<ZulipDependencies, 'dev'>> {
  /** Instead of those of the protocol. */
  readonly endpoints?: readonly Endpoint[];
}

/** This protocol over real sockets and a real log in a folder of its own. */
export async function openZulip({
  dev = false,
  endpoints = ENDPOINTS,
  ...options
}: ZulipOptions = {}): Promise<OpenZulip> {
  await using opened = new AsyncDisposableStack();
  const domain = opened.use(await openDomain());
  const { log } = domain;
  let ahead = 0;
  // Windows of limits begin with whole minutes; a test is over within one.
  const start = Math.ceil(Date.now() / 60_000) * 60_000 - Date.now();
  const now = () => Date.now() + start + ahead;
  const failures: unknown[] = [];
  const failed = (error: unknown) => void failures.push(error);
  const gate = await createGate({ log, commands: log, now, failed });
  opened.defer(() => gate.close());
  const authenticator = createAuthenticator({ settings: SETTINGS, apps: ['default'], commands: log, gate, now });
  const settings = { ...DEFAULTS, ...options };
  const limiter = new RateLimiter(now);
  const bodies = createBodyRenderer({
    commands: log,
    domain: settings.domain,
    baseUrl: settings.baseUrl,
    maxMarkdownCharacters: 100_000,
  });
  opened.defer(() => bodies.close());
  const views = createViews({ log, commands: log, now, failed });
  opened.defer(() => views.close());
  const hub = createHub({ log });
  opened.defer(() => hub.close());
  const parts = { authenticator, gate, hub, log, views, commands: log, bodies, limiter, settings, dev, now, failed };
  const queues = openQueues(parts);
  opened.defer(() => queues.close());
  const deps = { ...parts, queues };
  const rest = createRest(deps, endpoints);
  const listener = createListener({
    ...{ rest, routes: [createPollRoute(deps)], events: { failed } },
    settings: { limits: { bodyBytes: 65_536 } },
    problemAt: (_, error) => refusedProblem(error),
  });
  await listener.listen();
  opened.defer(() => listener.close());
  const { url } = listener;
  const key = async (account: number, scopes: readonly string[] = ['read', 'write']) => {
    const { text, digest } = makeAccountKey();
    const input = { account, kind: 'api-key' as const, digest, scopes };
    await domain.run(createAccessToken, { input, entry: { actor: 'test', action: 'tokens.create', target: 'test' } });
    return text;
  };
  const call = (method: string, path: string, request: ZulipRequest = {}) => send(url, method, path, request);
  const owned = opened.move();
  return {
    domain,
    url,
    failures,
    call,
    key,
    async person(name, more = {}) {
      const { id, email } = await domain.account(name, { email: `${name}@${DOMAIN}`, ...more });
      const own = await key(id);
      const as: Person['call'] = (method, path, request = {}) =>
        call(method, path, { authorization: basic(email, own), ...request });
      return {
        id,
        name,
        email,
        key: own,
        call: as,
        async done(method, path, request) {
          const { status, body, text } = await as(method, path, request);
          if (status !== 200 || body['result'] !== 'success') throw new Error(`${method} ${path}: ${status} ${text}`);
          return body;
        },
      };
    },
    advance: (ms) => void (ahead += ms),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function basic(email: string, key: string): string {
  return `Basic ${Buffer.from(`${email}:${key}`).toString('base64')}`;
}

async function send(url: string, method: string, path: string, request: ZulipRequest): Promise<ZulipAnswer> {
  const { authorization, query, form, multipart, headers = {}, body } = request;
  const search = query ? `?${new URLSearchParams(pairs(query)).toString()}` : '';
  const data = form ? new URLSearchParams(pairs(form)) : multipart ? formOf(multipart) : body;
  const response = await fetch(`${url}/api/v1${path}${search}`, {
    method,
    redirect: 'manual',
    headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
    ...(data === undefined ? {} : { body: data }),
  });
  const text = await response.text();
  const said: unknown = text === '' ? {} : JSON.parse(text);
  return { status: response.status, headers: response.headers, text, body: Object(said) };
}

function pairs(sent: Sent): [string, string][] {
  return Object.entries(sent).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

function formOf(sent: Sent): FormData {
  const form = new FormData();
  for (const [name, value] of pairs(sent)) form.append(name, value);
  return form;
}

const DEFAULTS: ZulipSettings = {
  baseUrl: () => BASE_URL,
  domain: DOMAIN,
  title: 'Verona',
  description: 'Where we lay our <scene>.',
  registrations: false,
  callsPerUser: 100_000,
  callsPerAddress: 100_000,
};
