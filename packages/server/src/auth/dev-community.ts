import { createHmac } from 'node:crypto';
import { type CarillonError, toErrorValue } from '@carillon/core';
import { type AccountView, accessTokenOf, accountByName, createAccessToken, createAccount } from '../domain/index.ts';
import type { Commands } from '../state/index.ts';
import { type SecretText, secret } from './access-token.ts';
import { hashPassword } from './password.ts';

/** One of the people of a development server, with everything that its clients sign in with. */
export interface DevAccount {
  readonly username: string;
  readonly email: string;
  readonly jid: string;
  readonly password: string;
  readonly accessToken: string;
  readonly apiKey: string;
}

export interface DevCommunityDeps {
  readonly commands: Commands;
  /** From which every account's secrets follow, the same after every start. */
  readonly secret: string;
  readonly domain: string;
}

const PEOPLE = [
  { name: 'juliet', displayName: 'Juliet Capulet', role: 'owner' },
  { name: 'romeo', displayName: 'Romeo Montague', role: 'member' },
  { name: 'mercutio', displayName: 'Mercutio', role: 'member' },
  { name: 'nurse', displayName: 'Nurse', role: 'moderator' },
] as const;
const ENTRY = { actor: 'dev', action: 'dev.seed', target: '' };
const SCOPES = ['read', 'write', 'follow', 'push'];

/**
 * Makes the people of a development server, each once, and tells how to sign in as them: but for those whom a developer
 * has suspended or deleted.
 */
export async function seedDevCommunity(deps: DevCommunityDeps): Promise<readonly DevAccount[]> {
  const people = await Promise.all(PEOPLE.map((person) => seed(deps, person)));
  return people.filter((person) => person !== undefined);
}

async function seed(deps: DevCommunityDeps, person: (typeof PEOPLE)[number]): Promise<DevAccount | undefined> {
  const { name } = person;
  const address = `${name}@${deps.domain}`;
  const password = derived(deps.secret, `${name} password`).toString('base64url').slice(0, 20);
  const account = (await find(deps, name)) ?? (await create(deps, person, address, password));
  if (account?.suspended_at !== null || account.deactivated_at !== null) return undefined;
  const accessToken = await ensureToken(deps, account, 'access', (round) =>
    secret(derived(deps.secret, `${name} access token ${round}`).toString('base64url')),
  );
  const apiKey = await ensureToken(deps, account, 'api-key', (round) =>
    secret(
      Buffer.from(derived(deps.secret, `${name} API key ${round}`))
        .toString('hex')
        .slice(0, 32),
    ),
  );
  return { username: name, email: account.email, jid: address, password, accessToken, apiKey };
}

async function find({ commands }: DevCommunityDeps, name: string): Promise<AccountView | undefined> {
  return (await commands.query(accountByName, { name })).rows;
}

/** `undefined` for the name of somebody who was deleted: it stays taken. */
async function create(
  { commands }: DevCommunityDeps,
  { name, displayName, role }: (typeof PEOPLE)[number],
  email: string,
  password: string,
): Promise<AccountView | undefined> {
  const hash = await hashPassword(password);
  const input = { name, displayName, role, kind: 'person', email, password: hash } as const;
  try {
    return (await commands.run(createAccount, { input, entry: { ...ENTRY, target: name } })).result;
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}

/** The first of the account's derived secrets that still counts: one that was revoked is replaced by the next. */
async function ensureToken(
  { commands }: DevCommunityDeps,
  { id, slug }: AccountView,
  kind: 'access' | 'api-key',
  make: (round: number) => SecretText,
): Promise<string> {
  for (let round = 0; ; round++) {
    const { text, digest } = make(round);
    const { rows: known } = await commands.query(accessTokenOf, { digest });
    if (known) return text;
    try {
      const input = { account: id, kind, digest, scopes: SCOPES };
      await commands.run(createAccessToken, { input, entry: { ...ENTRY, target: slug } });
      return text;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  return toErrorValue(error).code === ('conflict' satisfies CarillonError['code']);
}

function derived(key: string, what: string): Buffer {
  return createHmac('sha256', key).update(what).digest();
}
