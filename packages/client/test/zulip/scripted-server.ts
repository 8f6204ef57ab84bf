import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, API_KEY, EMAIL, type Expected, type Step } from './vector.ts';

const CREDENTIALS = `Basic ${Buffer.from(`${EMAIL}:${API_KEY}`).toString('base64')}`;
/** Ends any loop, so that a run that went wrong is over at once. */
const END: Answer = { status: 401, json: { result: 'error', code: 'UNAUTHORIZED', msg: 'off the script' } };

export interface ScriptedServer extends AsyncDisposable {
  readonly site: string;
  /** What was asked otherwise than the script says. */
  readonly problems: readonly string[];
  /** The steps that nobody asked for yet. */
  readonly left: readonly Step[];
  /** The binding waits once more before it tries again. */
  waited(): Promise<void>;
}

/** Answers what the steps say, in their order. */
export async function openScriptedServer(steps: readonly Step[]): Promise<ScriptedServer> {
  const left = [...steps];
  const problems: string[] = [];
  const texts = new Map<string, string>();
  let refusals = 0;
  let port = 0;

  const server = createServer((request, response) => {
    play(request, response).catch((error: unknown) => problems.push(String(error)));
  });

  async function play(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const step = left.shift();
    const asked = `${request.method} ${request.url} ${body}`;
    if (step === undefined || !('expect' in step)) {
      problems.push(`asked beyond the script: ${asked}`);
      return send(response, END);
    }
    const problem = differenceOf(step.expect, request, body, texts);
    if (problem !== undefined) problems.push(`${problem}: ${asked}`);
    if (nextRefuses()) {
      response.setHeader('connection', 'close');
      server.close();
    }
    send(response, problem === undefined ? step.answer : END);
  }

  function nextRefuses(): boolean {
    const [next] = left;
    if (next === undefined || !('refused' in next)) return false;
    left.shift();
    refusals = next.refused;
    return true;
  }

  async function listen(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  }

  async function close(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  await listen();
  if (nextRefuses()) await close();
  return {
    site: `http://127.0.0.1:${port}`,
    problems,
    left,
    async waited() {
      if (refusals > 0 && --refusals === 0) await listen();
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await close();
    },
  };
}

function differenceOf(
  expected: Expected,
  request: IncomingMessage,
  body: string,
  texts: Map<string, string>,
): string | undefined {
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  const { method, headers } = request;
  if (method !== expected.method || !isDeepStrictEqual(decoded(url.pathname), decoded(expected.path))) {
    return `not ${expected.method} ${expected.path}`;
  }
  if (headers.authorization !== CREDENTIALS) return 'without the credentials';
  if (method !== 'GET' && url.search !== '') return 'with a query';
  const fields = Object.fromEntries(method === 'GET' ? url.searchParams : new URLSearchParams(body));
  const read = Object.entries(fields).map(([name, value]) => {
    return [name, typeof expected.fields[name] === 'string' ? value : JSON.parse(value)];
  });
  if (!isDeepStrictEqual(Object.fromEntries(read), expected.fields)) return 'with other fields than the script';
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const given = String(headers[name] ?? '');
    const wanted = value.startsWith('$') ? (texts.get(value) ?? given) : value;
    if (given === '' || given !== wanted) return `with another ${name} than the script`;
    texts.set(value, given);
  }
  return undefined;
}

/** Escapes differ between languages; what they stand for does not. */
function decoded(path: string): readonly string[] {
  return path.split('/').map(decodeURIComponent);
}

function send(response: ServerResponse, answer: Answer): void {
  const { status = 200, headers = {}, json, text: plain, closed, cut, hung } = answer;
  answer.onAsked?.();
  if (hung) return;
  if (closed) {
    response.destroy();
  } else if (cut !== undefined) {
    const whole = Buffer.from(JSON.stringify(cut));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
    response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
  } else {
    const type = plain === undefined ? { 'content-type': 'application/json' } : {};
    response.writeHead(status, { ...type, ...headers }).end(plain ?? JSON.stringify(json));
  }
}
