import { type OauthApp, oauthAppByClientId } from '../../../domain/index.ts';
import type { MastodonDependencies } from '../dependencies.ts';
import { coversScopes, type Fields, isScope, readScopes } from '../http/index.ts';

/** A request for a code that may be shown to somebody: its application and redirect address are known. */
export interface AuthorizationRequest {
  readonly app: OauthApp;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly challenge: string | null;
}

/** What is wrong with a request. Only after its redirect address is known to be the application's, `redirectUri` is there. */
export interface WrongRequest {
  readonly error: string;
  readonly description: string;
  readonly redirectUri?: string;
  readonly state?: string | undefined;
}

/** The request's own parameters, which the form carries and its token is bound to. */
export const PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
] as const;

export type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const LONGEST = 4_000;

export function readParameters(fields: Fields): Parameters {
  const given = PARAMETERS.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

/** Checks a request for a code (RFC 6749 §4.1.1, RFC 7636 §4.3): nobody is sent to an address that is not registered. */
export async function checkRequest(
  { commands }: Pick<MastodonDependencies, 'commands'>,
  parameters: Parameters,
): Promise<AuthorizationRequest | WrongRequest> {
  const { client_id: clientId = '', redirect_uri: redirectUri = '', state } = parameters;
  const { rows: app } = await commands.query(oauthAppByClientId, { clientId: clientId.slice(0, 100) });
  if (!app) return { error: 'invalid_client', description: 'The application is not known here.' };
  if (!app.redirectUris.includes(redirectUri)) {
    return { error: 'invalid_request', description: 'The redirect address is not one of the application’s.' };
  }
  const wrong = (error: string, description: string): WrongRequest => ({ error, description, redirectUri, state });
  if ((state ?? '').length > LONGEST) return { error: 'invalid_request', description: 'The state is too long.' };
  if (parameters.response_type !== 'code') {
    return wrong('unsupported_response_type', 'The server gives nothing but codes.');
  }
  const scopes = readScopes(parameters.scope ?? 'read');
  if (scopes.length === 0 || !scopes.every(isScope) || !coversScopes(app.scopes, scopes)) {
    return wrong('invalid_scope', 'The requested scope is invalid, unknown, or beyond the application’s.');
  }
  const { code_challenge: challenge = null, code_challenge_method: method } = parameters;
  if (challenge !== null && (method !== 'S256' || !CHALLENGE.test(challenge))) {
    return wrong('invalid_request', 'The code challenge must be one of method S256.');
  }
  return { app, redirectUri, scopes, state, challenge };
}
