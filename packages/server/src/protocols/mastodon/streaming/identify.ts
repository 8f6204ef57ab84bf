import type { IncomingHttpHeaders } from 'node:http';
import { CarillonError, type Principal } from '@carillon/core';
import type { Authenticator, Gate } from '../../../auth/index.ts';
import type { OpenView, Views } from '../../../view/index.ts';
import { REFUSALS, type Refusal, refusalOf } from './refusals.ts';

/** Somebody who may open streams, with the view that decides what is in them. */
export interface Listener {
  readonly principal: Principal;
  readonly scopes: readonly string[];
  readonly open: OpenView;
}

interface IdentifyDependencies {
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly views: Views;
  readonly failed: (error: unknown, where: string) => void;
}

const BEARER = 'Bearer ';

/**
 * The token of a request: the Authorization header before the query before the whole subprotocol header. Only the
 * literal `Bearer ` is taken off; anything else in that header is the token as it stands.
 */
function tokenOf(headers: IncomingHttpHeaders, search: URLSearchParams): string | undefined {
  const { authorization } = headers;
  if (authorization) return authorization.startsWith(BEARER) ? authorization.slice(BEARER.length) : authorization;
  return search.get('access_token') || headers['sec-websocket-protocol'] || undefined;
}

/** Whoever it gives out owns the view, and must dispose of it. */
export async function identify(
  headers: IncomingHttpHeaders,
  search: URLSearchParams,
  { authenticator, gate, views, failed }: IdentifyDependencies,
): Promise<Listener | Refusal> {
  const accessToken = tokenOf(headers, search);
  if (accessToken === undefined) return REFUSALS.missingToken;
  try {
    const principal = await authenticator.authenticate({ accessToken });
    // A token of an app alone, or a credential that is no account's.
    if (principal.account === undefined) return REFUSALS.invalidToken;
    using opened = new DisposableStack();
    const open = opened.use(await views.open(principal.account));
    // Revoked or suspended while the view was on its way.
    if (!gate.isValid(principal) || open.view.ended) return REFUSALS.invalidToken;
    opened.move();
    return { principal, scopes: principal.scopes ?? [], open };
  } catch (error) {
    if (!(error instanceof CarillonError)) failed(error, 'mastodon streaming');
    return refusalOf(error);
  }
}

export function isRefusal(value: object): value is Refusal {
  return 'error' in value;
}
