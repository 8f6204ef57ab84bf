import { hash } from 'node:crypto';
import { CarillonError } from '@carillon/core';
import type { Context } from 'hono';
import { makeAccessToken, secret } from '../../../auth/index.ts';
import {
  createAppToken,
  type IssuedToken,
  type OauthApp,
  redeemOauthCode,
  revokeOauthToken,
} from '../../../domain/index.ts';
import {
  coversScopes,
  type Fields,
  isScope,
  json,
  type Rest,
  readFields,
  readScopes,
  refuseOauth,
} from '../http/index.ts';
import { authenticateClient } from './client.ts';

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

/** `/oauth/token` and `/oauth/revoke` (RFC 6749 §5, RFC 7009). */
export function addTokens(rest: Rest): void {
  rest.raw('POST', '/oauth/token', (context) => issue(rest, context));
  rest.raw('POST', '/oauth/revoke', (context) => revoke(rest, context));
}

async function issue(rest: Rest, context: Context): Promise<Response> {
  const fields = await readFields(context);
  const grant = fields.grant_type;
  if (typeof grant !== 'string') throw refuseOauth('invalid_request', 'Missing required parameter: grant_type.');
  if (grant !== 'authorization_code' && grant !== 'client_credentials') {
    throw refuseOauth('unsupported_grant_type', 'This grant type is not supported by the authorization server.');
  }
  const app = await authenticateClient(rest.deps, context, fields);
  const token = makeAccessToken();
  const issued =
    grant === 'authorization_code'
      ? await redeem(rest, app, fields, token.digest)
      : await issueToApp(rest, app, fields, token.digest);
  return json(shown(issued, token.text));
}

async function issueToApp({ deps }: Rest, app: OauthApp, fields: Fields, token: Uint8Array): Promise<IssuedToken> {
  return (await deps.commands.run(createAppToken, { app: app.id, scopes: appScopes(app, fields), token })).result;
}

async function redeem({ deps }: Rest, app: OauthApp, fields: Fields, token: Uint8Array): Promise<IssuedToken> {
  const { code, redirect_uri: redirectUri, code_verifier: verifier } = fields;
  if (typeof code !== 'string' || typeof redirectUri !== 'string') {
    throw refuseOauth('invalid_request', 'Missing required parameter: code or redirect_uri.');
  }
  const challenge = verifier === undefined ? null : challengeOf(verifier);
  const wanted = { digest: secret(code).digest, app: app.id, redirectUri, challenge, token };
  const { result, positions } = await deps.commands.run(redeemOauthCode, wanted).catch((error: unknown) => {
    throw error instanceof CarillonError && error.code === 'unauthorized' ? invalidGrant() : error;
  });
  if (result) return result;
  await known(deps, positions);
  throw invalidGrant();
}

function invalidGrant(): CarillonError {
  return refuseOauth('invalid_grant', 'The authorization code is invalid, used, expired, or meant for another.');
}

/** RFC 7636 §4.2. */
function challengeOf(verifier: unknown): string {
  if (typeof verifier === 'string' && VERIFIER.test(verifier)) return hash('sha256', verifier, 'base64url');
  throw refuseOauth('invalid_grant', 'The code verifier is malformed.');
}

/** Without a wish: `read`, or what the application has when that is not among it. */
function appScopes(app: OauthApp, { scope }: Fields): readonly string[] {
  const wanted = readScopes(typeof scope === 'string' ? scope : '');
  if (wanted.length === 0) return coversScopes(app.scopes, ['read']) ? ['read'] : app.scopes;
  if (wanted.every(isScope) && coversScopes(app.scopes, wanted)) return wanted;
  throw refuseOauth('invalid_scope', 'The requested scope is invalid, unknown, or beyond the application’s.');
}

function shown({ scopes, createdAt }: IssuedToken, text: string): object {
  return {
    access_token: text,
    token_type: 'Bearer',
    scope: scopes.join(' '),
    created_at: Math.floor(createdAt / 1000),
  };
}

/** Answers once this server's gate refuses the token: whatever is open with it is closed by then. */
async function revoke({ deps }: Rest, context: Context): Promise<Response> {
  const fields = await readFields(context);
  const app = await authenticateClient(deps, context, fields);
  const { token } = fields;
  if (typeof token !== 'string') throw refuseOauth('invalid_request', 'Missing required parameter: token.');
  const { positions } = await deps.commands.run(revokeOauthToken, { app: app.id, digest: secret(token).digest });
  await known(deps, positions);
  return json({});
}

/** Resolves once this server's gate has heard what a command told, so that what it revoked is closed. */
async function known({ gate }: Rest['deps'], positions: readonly number[]): Promise<void> {
  const last = positions.at(-1);
  if (last !== undefined) await gate.caughtUp(last);
}
