export type { AuthenticatorDeps } from './authenticator.ts';
export { createAuthenticator } from './authenticator.ts';
export type { Authenticator, CredentialSource, Gate } from './contract.ts';
export type { CredentialGate, GateDeps } from './gate.ts';
export { createGate } from './gate.ts';
export type { AuthSettings, JwtSettings } from './settings.ts';
