import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { secret } from '../../../auth/index.ts';
import { type OauthApp, oauthAppByClientId } from '../../../domain/index.ts';
import type { MastodonDependencies } from '../dependencies.ts';
import { type Fields, refuseOauth } from '../http/index.ts';

const BASIC = /^basic +([A-Za-z0-9+/=_-]+)$/i;

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** The application that calls, proven by its secret in the body or by Basic (RFC 6749 §2.3.1). */
export async function authenticateClient(
  { commands }: Pick<MastodonDependencies, 'commands'>,
  context: Context,
  fields: Fields,
): Promise<OauthApp> {
  const given = readCredentials(context.req.header('authorization'), fields);
  const { rows: app } = given ? await commands.query(oauthAppByClientId, { clientId: given.id }) : { rows: undefined };
  if (!given || !app || !timingSafeEqual(secret(given.secret).digest, app.secret)) {
    throw refuseOauth('invalid_client', 'The client is unknown, or its secret is wrong or missing.', 'unauthorized');
  }
  return app;
}

function readCredentials(authorization: string | undefined, fields: Fields): Credentials | undefined {
  const [, encoded] = BASIC.exec(authorization ?? '') ?? [];
  if (encoded !== undefined) {
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : { id: decoded(text.slice(0, colon)), secret: decoded(text.slice(colon + 1)) };
  }
  const { client_id: id, client_secret: word } = fields;
  return typeof id === 'string' && typeof word === 'string' ? { id, secret: word } : undefined;
}

/** Both parts are urlencoded before they are put together, as the specification wants and few clients do. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
