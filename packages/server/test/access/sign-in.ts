import { formFields } from '../../src/protocols/mastodon/oauth/testing/browser.ts';
import type { Person } from '../mastodon/people.ts';
import type { ServerProcess } from '../server-process.ts';

const BACK = 'https://client.example/back';

/** A token that an application got by its user's password, and that it can give back. */
export interface SignedIn {
  readonly token: string;
  revoke(): Promise<unknown>;
}

/** Signs in as an application's user does in a browser (RFC 6749 §4.1). */
export async function signIn(
  { url }: Pick<ServerProcess, 'url'>,
  { name, password }: Pick<Person, 'name'> & { readonly password: string },
): Promise<SignedIn> {
  const client = await send<{ client_id: string; client_secret: string }>(`${url}/api/v1/apps`, {
    client_name: 'Client',
    redirect_uris: BACK,
    scopes: 'read',
  });
  const { client_id, client_secret } = client;
  const asked = { client_id, redirect_uri: BACK, response_type: 'code', scope: 'read' };
  const page = await fetch(`${url}/oauth/authorize?${new URLSearchParams(asked).toString()}`);
  const filled = { name, password, decision: 'allow' };
  const answer = await fetch(`${url}/oauth/authorize`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...formFields(await page.text()), ...filled }),
  });
  const code = new URL(answer.headers.get('location') ?? 'missing:').searchParams.get('code');
  const { access_token: token } = await send<{ access_token: string }>(`${url}/oauth/token`, {
    ...{ grant_type: 'authorization_code', code, redirect_uri: BACK, client_id, client_secret },
  });
  return { token, revoke: () => send(`${url}/oauth/revoke`, { client_id, client_secret, token }) };
}

async function send<Answer>(address: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  // What each call answers is tested where it is.
  return (await answer.json()) as Answer;
}
