import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readApiKey } from './api-key.ts';
import { withDevSecrets } from './dev-credentials.ts';
import { openDevSecrets, saveDevSecrets } from './dev-secrets.ts';

const root = mkdtempSync(join(tmpdir(), 'carillon-dev-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const folder = () => join(root, `${folders++}`);

describe('openDevSecrets', () => {
  it('makes secrets once, readable by their owner only', () => {
    const dataDir = folder();

    const first = openDevSecrets(dataDir);
    chmodSync(join(dataDir, 'dev-secrets.json'), 0o644);
    const second = openDevSecrets(dataDir);

    expect(second).toEqual(first);
    expect(statSync(join(dataDir, 'dev-secrets.json')).mode & 0o777).toBe(0o600);
    expect(first.adminToken.length).toBeGreaterThanOrEqual(32);
    expect(first.jwtSecret.length).toBeGreaterThanOrEqual(32);
    expect(readApiKey(first.apiKey)).toBeDefined();
    expect(openDevSecrets(folder())).not.toEqual(first);
  });

  it('names the file when a bit of any of its bytes changed, and never takes it', () => {
    const dataDir = folder();
    const file = join(dataDir, 'dev-secrets.json');
    openDevSecrets(dataDir);
    const sound = readFileSync(file);

    for (let at = 0; at < sound.length; at++) {
      const damaged = Buffer.from(sound);
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (at % 8)), at);
      writeFileSync(file, damaged);
      expect(() => openDevSecrets(dataDir)).toThrow(file);
    }
    for (const text of ['', '{}', 'null', sound.subarray(0, 40)]) {
      writeFileSync(file, text);
      expect(() => openDevSecrets(dataDir)).toThrow(/delete it/);
    }
  });

  it('reads what was saved', () => {
    const dataDir = folder();
    const secrets = { ...openDevSecrets(dataDir), apiKey: 'another' };

    saveDevSecrets(dataDir, secrets);

    expect(openDevSecrets(dataDir)).toEqual(secrets);
  });
});

describe('withDevSecrets', () => {
  const secrets = { adminToken: 'A', jwtSecret: 'J', apiKey: 'K' };
  const jwt = {
    secrets: [],
    publicKeys: [],
    jwksAlgorithms: [],
    audience: 'carillon',
    clockSkewMs: 0,
    maxLifetimeMs: 1,
  };
  const settings = { defaultApp: 'default', anonymous: { publish: [], subscribe: [] }, jwt, cachedTokens: 0 };

  it('fills in only what is not configured', () => {
    expect(withDevSecrets(settings, secrets)).toMatchObject({ adminToken: 'A', jwt: { secrets: ['J'] } });
    const own = { ...settings, adminToken: 'mine', jwt: { ...jwt, secrets: ['own'] } };
    expect(withDevSecrets(own, secrets)).toMatchObject({ adminToken: 'mine', jwt: { secrets: ['own'] } });
  });
});
