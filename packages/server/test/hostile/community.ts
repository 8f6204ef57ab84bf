import { type HostileServer, startHostileServer } from './server.ts';

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON; an empty object otherwise. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Wish {
  readonly token?: string | undefined;
  /** Goes as JSON, a form as it is. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole server with people who attack each other through Mastodon's calls. */
export interface Community extends AsyncDisposable {
  readonly server: HostileServer;
  call(method: string, path: string, wish?: Wish): Promise<Answer>;
  member(name: string): Promise<Member>;
  token(name: string, ...scopes: readonly string[]): Promise<string>;
}

const MANY = 1_000_000;

export async function startCommunity(): Promise<Community> {
  const server = await startHostileServer({
    'limits.callsPerUser': MANY,
    'limits.callsPerToken': MANY,
    'limits.callsPerAddress': MANY,
  });
  const call: Community['call'] = async (method, path, { token, body, headers = {} } = {}) => {
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    const response = await fetch(server.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  };
  const admin = (path: string, body: object) => call('POST', `/admin${path}`, { token: server.adminToken, body });
  const token = async (name: string, ...scopes: readonly string[]) =>
    String((await admin(`/accounts/${name}/tokens`, { scopes })).body['token']);
  return {
    server,
    call,
    token,
    async member(name) {
      const { id } = (await admin('/accounts', { name })).body;
      return { id: String(id), name, token: await token(name, 'read', 'write', 'follow') };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
