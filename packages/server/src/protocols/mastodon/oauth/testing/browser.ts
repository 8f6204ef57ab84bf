import { hashPassword } from '../../../../auth/index.ts';
import type { AccountView, NewAccount } from '../../../../domain/index.ts';
import type { OpenRest, RestAnswer } from '../../testing/open-rest.ts';

export const PASSWORD = 'wherefore art thou';

/** An account that can sign in with `PASSWORD`. */
export async function withPassword(
  rest: OpenRest,
  name: string,
  options: Partial<NewAccount> = {},
): Promise<AccountView> {
  return rest.domain.account(name, { ...options, password: await hashPassword(PASSWORD) });
}

export interface Client {
  readonly client_id: string;
  readonly client_secret: string;
  readonly redirect_uri: string;
}

export async function registerClient(rest: OpenRest, body: object = {}): Promise<Client> {
  const { body: app } = await rest.call('POST', '/api/v1/apps', {
    body: { client_name: 'Nurse', redirect_uris: 'https://nurse.example/back', scopes: 'read write follow', ...body },
  });
  // Checked by the schema where the call itself is tested.
  return app as Client;
}

/** The fields of the form on a page, as a browser sends them. */
export function formFields(page: string): Record<string, string> {
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, unescaped(value)]));
}

export function submit(rest: OpenRest, fields: Record<string, string>): Promise<RestAnswer> {
  return rest.call('POST', '/oauth/authorize', { body: new URLSearchParams(fields) });
}

/** Asks for the page, fills it in and sends it. */
export async function signInWith(
  rest: OpenRest,
  asked: Record<string, string>,
  filled: Record<string, string> = {},
): Promise<RestAnswer> {
  const page = await rest.call('GET', `/oauth/authorize?${new URLSearchParams(asked).toString()}`);
  const fields = formFields(String(page.body));
  return submit(rest, { ...fields, name: 'juliet@example.org', password: PASSWORD, decision: 'allow', ...filled });
}

/** What an application sends a browser to the page with. */
export function askingFor(client: Client, more: Record<string, string> = {}): Record<string, string> {
  const { client_id, redirect_uri } = client;
  return { client_id, redirect_uri, response_type: 'code', scope: 'read write', ...more };
}

/** Trades a code, or asks for whatever else is said. */
export function tradeWith(rest: OpenRest, client: Client, more: Record<string, string>): Promise<RestAnswer> {
  const { client_id, client_secret, redirect_uri } = client;
  const fields = { grant_type: 'authorization_code', client_id, client_secret, redirect_uri, ...more };
  return rest.call('POST', '/oauth/token', { body: new URLSearchParams(fields) });
}

export function sentTo(answer: RestAnswer): URL {
  return new URL(answer.headers.get('location') ?? 'missing:');
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
