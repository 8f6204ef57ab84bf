import { CarillonError } from '@carillon/core';
import {
  type AccessTokenRow,
  accessTokenByDigest,
  accessTokens,
  accounts,
  type CommandContext,
  type Database,
  type OauthAppRow,
  type OauthCodeRow,
  oauthApps,
  oauthCodes,
  statement,
} from '../../state/index.ts';
import { requireActor, stands } from '../community/parties.ts';
import { accessTokenCredentialId } from '../people/tokens.ts';
import { announceRevocation } from '../revocations.ts';
import {
  createAppToken,
  createOauthApp,
  createOauthCode,
  forgetUnusedApps,
  type IssuedToken,
  type NewOauthCode,
  type OauthApp,
  oauthAppByClientId,
  oauthAppById,
  redeemOauthCode,
  revokeOauthToken,
} from './messages.ts';

const byClientId = statement<{ clientId: string }>((db, { clientId }) =>
  db.selectFrom('oauth_apps').selectAll().where('client_id', '=', clientId),
);
const expired = statement<{ now: number }>((db, { now }) =>
  db.selectFrom('oauth_codes').selectAll().where('expires_at', '<=', now).orderBy('expires_at').limit(100),
);

/** Tokens that speak for one application at once; its oldest ends for a new one. */
const MAX_APP_TOKENS = 20;

const appTokens = statement<{ app: number }>((db, { app }) =>
  db.selectFrom('access_tokens').selectAll().where('app', '=', app).where('kind', '=', 'app').orderBy('id'),
);
/** Old ones without a young code or token, and without a token of an account that counts. */
const unusedApps = statement<{ before: number }>((db, { before }) =>
  db
    .selectFrom('oauth_apps')
    .selectAll()
    .where('created_at', '<', before)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('access_tokens')
            .select('access_tokens.id')
            .whereRef('access_tokens.app', '=', 'oauth_apps.id')
            .where((of) =>
              of.or([
                of.and([of('kind', '<>', 'app'), of('revoked_at', 'is', null)]),
                of('access_tokens.created_at', '>=', of.val(before)),
              ]),
            ),
        ),
      ),
    )
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('oauth_codes')
            .select('oauth_codes.app')
            .whereRef('oauth_codes.app', '=', 'oauth_apps.id')
            .where('oauth_codes.expires_at', '>=', before),
        ),
      ),
    )
    .orderBy('created_at')
    .limit(50),
);
const tokensOfApp = statement<{ app: number }>((db, { app }) =>
  db.selectFrom('access_tokens').selectAll().where('app', '=', app),
);

export const oauthQueries = {
  [oauthAppByClientId.name]: async (db: Database, { clientId }: { readonly clientId: string }) => {
    const [row] = await oauthApps.find(db, byClientId, { clientId });
    return row && { ...toApp(row), secret: row.secret };
  },
  [oauthAppById.name]: async (db: Database, { id }: { readonly id: number }) => {
    const row = await oauthApps.get(db, { id });
    return row && toApp(row);
  },
};

export const oauthCommands = {
  [createOauthApp.name]: createApp,
  [forgetUnusedApps.name]: forgetApps,
  [createOauthCode.name]: createCode,
  [redeemOauthCode.name]: redeem,
  [createAppToken.name]: createTokenOfApp,
  [revokeOauthToken.name]: revoke,
};

async function createApp(
  context: CommandContext,
  { clientId, secret, name, website, redirectUris, scopes }: Omit<OauthApp, 'id'> & { readonly secret: Uint8Array },
): Promise<OauthApp> {
  const { db } = context;
  if ((await oauthApps.find(db, byClientId, { clientId })).length > 0) {
    throw new CarillonError('conflict', `there is an application ${clientId} already`);
  }
  const row: OauthAppRow = {
    id: context.nextId(),
    client_id: clientId,
    secret,
    name,
    website,
    redirect_uris: JSON.stringify(redirectUris),
    scopes: scopes.join(' '),
    created_at: context.now,
  };
  await oauthApps.insert(db, row);
  return toApp(row);
}

async function forgetApps(context: CommandContext, { before }: { readonly before: number }): Promise<undefined> {
  const { db } = context;
  for (const { id } of await oauthApps.find(db, unusedApps, { before })) {
    for (const token of await accessTokens.find(db, tokensOfApp, { app: id })) await forgetToken(context, token);
    await oauthApps.remove(db, { id });
  }
}

async function forgetToken(context: CommandContext, token: AccessTokenRow): Promise<void> {
  await revokeToken(context, token);
  await accessTokens.remove(context.db, token);
}

async function createCode({ db, now }: CommandContext, code: NewOauthCode): Promise<undefined> {
  await requireActor(db, code.account);
  const app = await requireApp(db, code.app);
  if (!toApp(app).redirectUris.includes(code.redirectUri)) {
    throw new CarillonError('bad-request', `${app.name} is not registered with this redirect address`);
  }
  for (const old of await oauthCodes.find(db, expired, { now })) await oauthCodes.remove(db, { digest: old.digest });
  if (await oauthCodes.get(db, { digest: code.digest })) throw new CarillonError('conflict', 'the code exists already');
  await oauthCodes.insert(db, {
    digest: code.digest,
    app: code.app,
    account: code.account,
    redirect_uri: code.redirectUri,
    scopes: code.scopes.join(' '),
    challenge: code.challenge,
    token: null,
    expires_at: code.expiresAt,
  });
}

interface Redemption {
  readonly digest: Uint8Array;
  readonly app: number;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly token: Uint8Array;
}

async function redeem(context: CommandContext, wanted: Redemption): Promise<IssuedToken | undefined> {
  const { db, now } = context;
  const code = await oauthCodes.get(db, { digest: wanted.digest });
  const account = code && (await accounts.get(db, { id: code.account }));
  if (!code || !account || !fits(code, wanted, now) || (code.token === null && !stands(account))) {
    throw new CarillonError('unauthorized', 'the code is unknown, expired or not meant for this request');
  }
  if (code.token !== null) return revokeToken(context, await accessTokens.get(db, { id: code.token }));
  const issued = await issue(context, {
    account: code.account,
    kind: 'access',
    digest: wanted.token,
    scopes: code.scopes,
    app: code.app,
  });
  await oauthCodes.put(db, { ...code, token: issued.id });
  return issued;
}

/** A verifier without a challenge fits as little as a challenge without a verifier (RFC 9700 §4.8.2). */
function fits(code: OauthCodeRow, { app, redirectUri, challenge }: Redemption, now: number): boolean {
  return code.expires_at > now && code.app === app && code.redirect_uri === redirectUri && code.challenge === challenge;
}

async function createTokenOfApp(
  context: CommandContext,
  { app, scopes, token }: { readonly app: number; readonly scopes: readonly string[]; readonly token: Uint8Array },
): Promise<IssuedToken> {
  await requireApp(context.db, app);
  const known = await accessTokens.find(context.db, appTokens, { app });
  for (const old of known.slice(0, Math.max(0, known.length - MAX_APP_TOKENS + 1))) await forgetToken(context, old);
  return issue(context, { account: 0, kind: 'app', digest: token, scopes: scopes.join(' '), app });
}

async function issue(
  context: CommandContext,
  wanted: Pick<AccessTokenRow, 'account' | 'kind' | 'digest' | 'scopes' | 'app'>,
): Promise<IssuedToken> {
  const { db, now } = context;
  if (await accessTokenByDigest(db, wanted.digest)) throw new CarillonError('conflict', 'the token exists already');
  const row: AccessTokenRow = { ...wanted, id: context.nextId(), created_at: now, revoked_at: null };
  await accessTokens.insert(db, row);
  return { id: row.id, account: row.account, scopes: listOf(row.scopes), createdAt: now };
}

async function revoke(
  context: CommandContext,
  { app, digest }: { readonly app: number; readonly digest: Uint8Array },
): Promise<undefined> {
  const token = await accessTokenByDigest(context.db, digest);
  if (token?.app === app) await revokeToken(context, token);
}

async function revokeToken(context: CommandContext, token: AccessTokenRow | undefined): Promise<undefined> {
  if (!token || token.revoked_at !== null) return;
  await accessTokens.put(context.db, { ...token, revoked_at: context.now });
  announceRevocation(context, { credentialId: accessTokenCredentialId(token.id) });
}

async function requireApp(db: Database, id: number): Promise<OauthAppRow> {
  const row = await oauthApps.get(db, { id });
  if (row) return row;
  throw new CarillonError('not-found', `there is no application ${id}`);
}

function toApp({ id, client_id, name, website, redirect_uris, scopes }: OauthAppRow): OauthApp {
  return { id, clientId: client_id, name, website, redirectUris: JSON.parse(redirect_uris), scopes: listOf(scopes) };
}

function listOf(scopes: string): readonly string[] {
  return scopes === '' ? [] : scopes.split(' ');
}
