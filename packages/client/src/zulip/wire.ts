import { unreachable, ZulipError } from './errors.ts';

/** What is undefined or null is left out, text goes as it is, everything else as JSON. */
export type ZulipFields = Readonly<Record<string, unknown>>;
export type ZulipAnswer = Readonly<Record<string, unknown>>;

export interface ZulipCall {
  readonly method: string;
  /** Behind `/api/v1/`. */
  readonly path: string;
  readonly fields: ZulipFields;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole answer, its body included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends one call and gives its answer, or throws; never tries again. */
export type Send = (call: ZulipCall) => Promise<ZulipAnswer>;

export interface ZulipAccount {
  readonly email: string;
  readonly apiKey: string;
  /** `https://chat.example.org`; a path before `/api` is kept. */
  readonly site: string;
}

export function createSend(account: ZulipAccount, request: typeof fetch, userAgent: string | undefined): Send {
  const base = `${baseOf(account.site)}/api/v1/`;
  const bytes = new TextEncoder().encode(`${account.email}:${account.apiKey}`);
  const authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  const always = { accept: 'application/json', authorization, ...(userAgent && { 'user-agent': userAgent }) };
  return async ({ method, path, fields, headers, timeoutMs, signal }) => {
    const encoded = new URLSearchParams(encodedFields(fields));
    const url = base + path.split('/').map(encodeURIComponent).join('/');
    const inQuery = method === 'GET';
    const query = encoded.size === 0 ? '' : `?${encoded}`;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await request(inQuery ? url + query : url, {
        method,
        headers: { ...always, ...headers },
        body: inQuery ? null : encoded,
        signal: AbortSignal.any([signal, timeout]),
      });
      return readAnswer(response, await response.text());
    } catch (error) {
      if (signal.aborted || error instanceof ZulipError) throw error;
      const why = timeout.aborted ? `no answer within ${timeoutMs} ms` : String(error);
      throw unreachable(`${account.site}: ${why}`, error);
    }
  };
}

function baseOf(site: string): string {
  const url = new URL(site.includes('://') ? site : `https://${site}`);
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/api$/, '');
}

function encodedFields(fields: ZulipFields): [string, string][] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

function readAnswer(response: Response, text: string): ZulipAnswer {
  const { status } = response;
  const answer = objectIn(text);
  const asked = secondsOf(answer?.['retry-after'] ?? response.headers.get('retry-after'));
  const retryAfterMs = asked === undefined ? undefined : asked * 1000;
  if (answer === undefined || !('result' in answer)) {
    // A proxy speaks, or a server that starts: its words are for people.
    const refusal = new ZulipError(status, {}, retryAfterMs);
    const isPlain = refusal.retryable || status === 401;
    throw isPlain ? refusal : unreachable(`HTTP ${status} without the answer of a Carillon server`);
  }
  if (answer['result'] === 'success' && response.ok) return answer;
  throw new ZulipError(status, answer, retryAfterMs);
}

function objectIn(text: string): ZulipAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Every property is read as unknown and checked.
    return typeof value === 'object' && value !== null ? (value as ZulipAnswer) : undefined;
  } catch {
    return undefined;
  }
}

/** Delay seconds (RFC 9110 §10.2.3), also with a fraction, as Zulip says it in its body. */
function secondsOf(told: unknown): number | undefined {
  if (typeof told === 'number') return told >= 0 ? told : undefined;
  return typeof told === 'string' && /^\d+(\.\d+)?$/.test(told.trim()) ? Number(told) : undefined;
}
