import { ALL_GRANTS } from '@carillon/core';
import { ensureKey, keyCredentialId } from '../domain/index.ts';
import type { Commands } from '../state/index.ts';
import { makeApiKey, readApiKey } from './api-key.ts';
import type { DevAccount } from './dev-community.ts';
import { type DevSecrets, openDevSecrets, saveDevSecrets } from './dev-secrets.ts';
import type { CredentialGate } from './gate.ts';
import type { AuthSettings } from './settings.ts';

/** What a developer needs to begin, as `GET /dev/credentials.json` gives it. */
export interface DevCredentials {
  readonly baseUrl: string;
  readonly internalUrl: string;
  readonly app: string;
  /** For `/admin/*`. */
  readonly adminToken: string;
  /** May publish to and subscribe to every topic that a native token may. */
  readonly token: string;
  readonly accounts: readonly DevAccount[];
  /** What Zulip's clients are configured with, for the first of the accounts. */
  readonly zulip?: { readonly site: string; readonly email: string; readonly apiKey: string };
}

export interface DevKeyDeps {
  readonly dataDir: string;
  readonly commands: Pick<Commands, 'run'>;
  readonly gate: Pick<CredentialGate, 'isRevoked'>;
  readonly settings: AuthSettings;
}

/** The settings of `carillon dev`: what is not configured comes from its own secrets. */
export function withDevSecrets<Settings extends AuthSettings>(settings: Settings, secrets: DevSecrets): Settings {
  const { jwt } = settings;
  return {
    ...settings,
    adminToken: settings.adminToken ?? secrets.adminToken,
    jwt: { ...jwt, secrets: jwt.secrets.length > 0 ? jwt.secrets : [secrets.jwtSecret] },
  };
}

/**
 * The key that a development server gives out, stored like every other key. A revoked one is replaced, so that trying
 * out revocation does not lock a developer out.
 */
export async function devToken(deps: DevKeyDeps): Promise<string> {
  const secrets = openDevSecrets(deps.dataDir);
  if (await isUsable(deps, secrets.apiKey)) return secrets.apiKey;
  const { text } = makeApiKey();
  saveDevSecrets(deps.dataDir, { ...secrets, apiKey: text });
  if (await isUsable(deps, text)) return text;
  throw new Error('a key just made cannot be used');
}

async function isUsable({ commands, gate, settings }: DevKeyDeps, text: string): Promise<boolean> {
  const key = readApiKey(text);
  if (!key || gate.isRevoked(keyCredentialId(key.id))) return false;
  const { id, digest } = key;
  const wanted = { id, digest, app: settings.defaultApp, name: 'carillon dev', grants: ALL_GRANTS };
  const { result } = await commands.run(ensureKey, wanted);
  return result;
}
