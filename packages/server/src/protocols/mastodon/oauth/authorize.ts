import type { Context } from 'hono';
import { makeAccessToken, type SignIn, signIn } from '../../../auth/index.ts';
import { createOauthCode } from '../../../domain/index.ts';
import { addressOf, type Fields, organizationOf, type Rest, readFields, readQueryFields } from '../http/index.ts';
import { FormTokens } from './form-token.ts';
import { codePage, problemPage, signInPage } from './pages.ts';
import { OUT_OF_BAND, withQuery } from './redirect.ts';
import {
  type AuthorizationRequest,
  checkRequest,
  type Parameters,
  readParameters,
  type WrongRequest,
} from './request.ts';

/** RFC 6749 §4.1.2 recommends ten minutes at most. */
const CODE_LIFETIME_MS = 600_000;

/** `/oauth/authorize`: somebody signs in and lets an application act (RFC 6749 §4.1). */
export function addAuthorize(rest: Rest): void {
  const tokens = new FormTokens(rest.deps.now);
  rest.raw('GET', '/oauth/authorize', async (context) => {
    const parameters = readParameters(readQueryFields(context));
    const request = await checkRequest(rest.deps, parameters);
    if ('error' in request) return refused(rest, request);
    return form(rest, tokens, { request, parameters });
  });
  rest.raw('POST', '/oauth/authorize', (context) => decide(rest, tokens, context));
}

interface Shown {
  readonly request: AuthorizationRequest;
  readonly parameters: Parameters;
  readonly name?: string;
  readonly problem?: { readonly text: string; readonly status: number };
}

async function form({ deps }: Rest, tokens: FormTokens, shown: Shown): Promise<Response> {
  const { title } = await organizationOf(deps);
  return signInPage({ ...shown, title, token: tokens.make(shown.parameters) });
}

async function decide(rest: Rest, tokens: FormTokens, context: Context): Promise<Response> {
  const fields = await readFields(context);
  const parameters = readParameters(fields);
  const request = await checkRequest(rest.deps, parameters);
  if ('error' in request) return refused(rest, request);
  const name = text(fields, 'name');
  const again = (problem: string, status: number): Promise<Response> =>
    form(rest, tokens, { request, parameters, name, problem: { text: problem, status } });
  // Browsers say where a form was sent from (W3C Fetch Metadata); older ones say nothing.
  const from = context.req.header('sec-fetch-site') ?? 'same-origin';
  const isOurs = from === 'same-origin' && tokens.isValid(fields.form_token, parameters);
  if (!isOurs) return again('The form is too old, or from elsewhere. Please try again.', 400);
  if (fields.decision === 'deny') {
    return refused(rest, { ...request, error: 'access_denied', description: 'The request was refused.' });
  }
  const password = text(fields, 'password');
  const outcome = await signIn(rest.deps, rest.limiter, { name, password, address: addressOf(context) });
  if (outcome.outcome !== 'account') return again(...WORDS[outcome.outcome]);
  return grant(rest, request, outcome.account);
}

const WORDS: Readonly<Record<Exclude<SignIn['outcome'], 'account'>, readonly [string, number]>> = {
  wrong: ['The name or the password is wrong.', 401],
  suspended: ['This account is suspended.', 403],
  'too-many': ['Too many tries. Please wait some minutes.', 429],
};

async function grant({ deps }: Rest, request: AuthorizationRequest, account: number): Promise<Response> {
  const { app, redirectUri, scopes, challenge, state } = request;
  const code = makeAccessToken();
  await deps.commands.run(createOauthCode, {
    digest: code.digest,
    app: app.id,
    account,
    redirectUri,
    scopes,
    challenge,
    expiresAt: deps.now() + CODE_LIFETIME_MS,
  });
  if (redirectUri === OUT_OF_BAND) return codePage(code.text);
  return sendTo(withQuery(redirectUri, { code: code.text, state, iss: deps.settings.baseUrl() }));
}

/** Tells the application when its address is known for its own, whoever sits there otherwise. */
function refused({ deps }: Rest, { error, description, redirectUri, state }: WrongRequest): Response {
  if (redirectUri === undefined || redirectUri === OUT_OF_BAND) return problemPage(description, 400);
  return sendTo(withQuery(redirectUri, { error, error_description: description, state, iss: deps.settings.baseUrl() }));
}

function sendTo(address: string): Response {
  return new Response(null, {
    status: 303,
    headers: { Location: address, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
  });
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value.slice(0, 1_000) : '';
}
