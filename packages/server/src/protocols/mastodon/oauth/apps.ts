import * as z from 'zod';
import { makeAccessToken } from '../../../auth/index.ts';
import { createOauthApp, forgetUnusedApps, type OauthApp, oauthAppById } from '../../../domain/index.ts';
import {
  anyone,
  type Call,
  found,
  HALF_AN_HOUR,
  invalid,
  isScope,
  many,
  notFound,
  type Rest,
  readScopes,
  token,
} from '../http/index.ts';
import { isRedirectUri } from './redirect.ts';

const application = z.object({
  client_name: z.string().trim().min(1).max(60),
  redirect_uris: z.preprocess(splitLines, many(z.string(), 20)),
  scopes: z.string().max(2_000).default('read'),
  website: z.preprocess(
    (value) => (value === '' ? undefined : (value ?? undefined)),
    z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  ),
});

/** Anybody may, and each is a row until it is found unused. */
const REGISTRATIONS = { name: 'apps', calls: 200, windowMs: HALF_AN_HOUR };
/** How long an application waits for somebody who signs in with it. */
const UNUSED_MS = 30 * 86_400_000;

/** `/api/v1/apps`: applications register themselves before anybody signs in with them. */
export function addApps(rest: Rest): void {
  rest.post('/api/v1/apps', anyone(), register, { limit: REGISTRATIONS, by: 'address' });
  rest.get('/api/v1/apps/verify_credentials', token(), verify);
}

async function register(call: Call<number | null>): Promise<unknown> {
  const { client_name: name, redirect_uris: redirectUris, scopes: wanted, website } = await call.input(application);
  if (!redirectUris || redirectUris.length === 0) throw invalid("Redirect URI can't be blank");
  const wrong = redirectUris.find((uri) => !isRedirectUri(uri));
  if (wrong !== undefined) throw invalid('Redirect URI must be an absolute URI that calls an application');
  const scopes = readScopes(wanted);
  if (scopes.length === 0 || !scopes.every(isScope)) throw invalid("Scopes doesn't match configured on the server.");
  const clientId = makeAccessToken();
  const secret = makeAccessToken();
  const input = {
    clientId: clientId.text,
    secret: secret.digest,
    name,
    website: website ?? null,
    redirectUris,
    scopes,
  };
  // More go than come, so that their number is bounded by what thirty days bring.
  await call.run(forgetUnusedApps, { before: call.deps.now() - UNUSED_MS });
  const app = await call.run(createOauthApp, input);
  return {
    ...toApplication(app),
    client_id: clientId.text,
    client_secret: secret.text,
    client_secret_expires_at: 0,
  };
}

/** The application that the token was given to. */
async function verify(call: Call<number | null>): Promise<unknown> {
  const id = call.principal?.oauthApp;
  if (id === undefined) throw notFound();
  return toApplication(found(await call.query(oauthAppById, { id })));
}

function toApplication({ id, name, website, scopes, redirectUris }: OauthApp): object {
  return {
    id: String(id),
    name,
    website,
    scopes,
    redirect_uris: redirectUris,
    redirect_uri: redirectUris.join('\n'),
    vapid_key: '',
  };
}

/** Older clients send all addresses in one text, a line each. */
function splitLines(value: unknown): unknown {
  return typeof value === 'string' ? value.split(/[\r\n]+/).filter((line) => line !== '') : value;
}
