/** What authentication is configured by; the settings' sections fit as they are. */
export interface AuthSettings {
  readonly adminToken?: string | undefined;
  readonly defaultApp: string;
  readonly anonymous: { readonly publish: readonly string[]; readonly subscribe: readonly string[] };
  readonly jwt: JwtSettings;
  /** How many verified credentials are remembered; 0 for none. */
  readonly cachedTokens: number;
}

export interface JwtSettings {
  readonly secrets: readonly string[];
  /** PEM (SPKI), or a JWK as JSON. */
  readonly publicKeys: readonly string[];
  readonly jwksUrl?: string | undefined;
  readonly jwksAlgorithms: readonly ('RS256' | 'EdDSA')[];
  readonly issuer?: string | undefined;
  readonly audience: string;
  /** How far `nbf` and `iat` may lie in the future. */
  readonly clockSkewMs: number;
  /** How far `exp` may lie in the future. */
  readonly maxLifetimeMs: number;
}

export type JwtAlgorithm = 'HS256' | 'RS256' | 'EdDSA';
