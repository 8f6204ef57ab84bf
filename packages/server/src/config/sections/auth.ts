import { isAppName } from '@carillon/core';
import * as z from 'zod';
import { milliseconds, setting } from '../setting.ts';

const key = z.string().min(1);
const grants = z.array(z.string().min(1)).default([]);
const YEAR_MS = 366 * 86_400_000;

const jwtSection = z.strictObject({
  secrets: setting(z.array(z.string().min(32, 'needs at least 32 characters')).default([]), {
    text: 'Secrets of HS256 tokens. The first signs what `carillon token` and `POST /admin/tokens` mint; all of them verify, so that a secret can be replaced without a pause.',
    secret: true,
  }),
  publicKeys: setting(z.array(key).default([]), {
    text: 'Public keys as PEM (SPKI) or as a JWK in JSON. An RSA key of at least 2048 bits verifies RS256, an Ed25519 key EdDSA, and nothing else.',
  }),
  jwksUrl: setting(z.url().optional(), {
    text: 'Address of a JSON Web Key Set: https, or http on loopback. Needs `auth.jwt.issuer`; tokens of other issuers cause no request.',
  }),
  jwksAlgorithms: setting(
    z
      .array(z.enum(['RS256', 'EdDSA']))
      .min(1)
      .default(['RS256']),
    {
      text: 'Algorithms that keys of the set may verify.',
    },
  ),
  issuer: setting(z.string().min(1).optional(), { text: 'When set, `iss` must be exactly this.' }),
  audience: setting(z.string().min(1).default('carillon'), { text: '`aud` must be or contain exactly this.' }),
  clockSkewMs: setting(milliseconds(30_000, 0, 60_000), {
    text: 'How far ahead an issuer’s clock may be (`nbf`, `iat`). `exp` is taken exactly: connections close at it.',
    unit: 'ms',
  }),
  maxLifetimeMs: setting(z.number().int().min(1_000).default(YEAR_MS), {
    text: 'Tokens that expire later than this from now are refused.',
    unit: 'ms',
  }),
});

/** Who may do what. */
export const authSection = z.strictObject({
  adminToken: setting(z.string().min(32, 'needs at least 32 characters').optional(), {
    text: 'Bearer token of `/admin/*`. Without it nobody may call there. `carillon dev` makes its own.',
    secret: true,
  }),
  defaultApp: setting(z.string().refine(isAppName, 'must be an app name').default('default'), {
    text: 'App of credentials that name none.',
  }),
  anonymous: z
    .strictObject({
      publish: setting(grants, { text: 'Topics that may be published to without any credential.' }),
      subscribe: setting(grants, { text: 'Topics that may be subscribed to without any credential.' }),
    })
    .prefault({}),
  jwt: jwtSection.prefault({}),
  cachedTokens: setting(z.number().int().min(0).max(1_000_000).default(10_000), {
    text: 'Verified tokens kept in memory for up to a minute, so that a busy client does not cost a signature check per request.',
    unit: 'count',
  }),
});

/** The apps of this installation. */
export const appsSetting = setting(
  z
    .record(
      z.string().refine(isAppName, 'must be an app name: a-z, 0-9 and -'),
      z.strictObject({
        historyMs: z
          .number()
          .int()
          .min(0)
          .optional()
          .describe('History of the app’s topics; `retention.appMs` without it.'),
      }),
    )
    .default({ default: {} }),
  { text: 'The apps: name to `{"historyMs": …}`, both optional. Topics, credentials and limits of apps never touch.' },
);
