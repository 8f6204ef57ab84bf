import { CarillonError } from '@carillon/core';
import * as z from 'zod';
import { hashPassword, makeAccessToken } from '../../../auth/index.ts';
import { createAccessToken, createAccount } from '../../../domain/index.ts';
import { type Call, flag, HALF_AN_HOUR, invalid, outsideScopes, type Rest, refuse, token } from '../http/index.ts';

const SIGN_UPS = { name: 'sign-ups', calls: 5, windowMs: HALF_AN_HOUR };

const newcomer = z.object({
  username: z
    .string()
    .max(30)
    .regex(/^[a-z0-9_]+$/i, 'must contain only letters, numbers and underscores'),
  email: z.email('is invalid').max(254),
  password: z.string().min(8, 'is too short (minimum is 8 characters)').max(200),
  agreement: flag,
});

/** `POST /api/v1/accounts`: an application signs somebody up, where anybody may (docs: methods/accounts#create). */
export function signUpRoutes(rest: Rest): void {
  rest.post('/api/v1/accounts', token('write:accounts'), signUp, { limit: SIGN_UPS, by: 'address' });
}

async function signUp(call: Call<number | null>): Promise<object> {
  const { principal, viewer } = call;
  if (!(await call.organization()).registrations || viewer !== null || !principal) {
    throw refuse('forbidden', 'This action is not allowed');
  }
  const { username, email, password, agreement } = await call.input(newcomer);
  if (agreement !== true) throw invalid('Agreement must be accepted');
  const name = username.toLowerCase();
  const entry = { actor: principal.id, action: 'accounts.sign-up', target: name };
  const { oauthApp, scopes = [] } = principal;
  if (oauthApp === undefined) throw outsideScopes();
  const person = { name, kind: 'person', role: 'member', displayName: '', email: email.toLowerCase() } as const;
  const input = { ...person, password: await hashPassword(password) };
  const account = await call.run(createAccount, { input, entry }).catch(refuseName);
  const { text, digest } = makeAccessToken();
  const granted = { account: account.id, kind: 'access', digest, scopes, app: oauthApp } as const;
  await call.run(createAccessToken, { input: granted, entry });
  return {
    access_token: text,
    token_type: 'Bearer',
    scope: scopes.join(' '),
    created_at: Math.floor(account.created_at / 1000),
  };
}

/** What is wrong with a name is the domain's to say; clients read it as any other field that is wrong. */
function refuseName(error: unknown): never {
  if (error instanceof CarillonError && error.code === 'bad-request') throw invalid(`Username: ${error.message}`);
  throw error;
}
