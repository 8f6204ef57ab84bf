import { type MastoRest, mastoRest, mastoToken } from './masto-client.ts';
import type { Person } from './world.ts';

export const PASSWORD = 'a rose by any other name';

/** Somebody with an account who is signed in with masto. */
export interface Actor extends Person {
  readonly rest: MastoRest;
  readonly token: string;
}

export interface Wish {
  readonly displayName?: string;
  readonly kind?: 'bot';
  readonly role?: 'moderator';
}

/** Makes an account as an administrator does, and signs it in as an application does. */
export async function settle(url: string, adminToken: string, name: string, wish: Wish = {}): Promise<Actor> {
  await adminCall(url, adminToken, 'POST', '/admin/accounts', { name, password: PASSWORD, ...wish });
  const token = await mastoToken(url, name, PASSWORD);
  const rest = mastoRest(url, token);
  const { id, acct } = await rest.v1.accounts.verifyCredentials();
  if (acct !== name) throw new Error(`${name} is signed in as ${acct}`);
  const { displayName = name, kind, role } = wish;
  const shown = { displayName, bot: kind === 'bot', role: role && 'Moderator' };
  return { id, name, ...shown, rest, token, followers: 0, following: 0, posts: 0, locked: false };
}

export async function adminCall(
  url: string,
  adminToken: string,
  method: string,
  path: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  // Every answer of the administrators' calls is an object.
  return JSON.parse(text) as Record<string, unknown>;
}
