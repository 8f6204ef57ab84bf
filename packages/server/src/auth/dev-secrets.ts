import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CarillonError } from '@carillon/core';
import * as z from 'zod';
import { makeApiKey } from './api-key.ts';

/** What `carillon dev` makes for itself once and keeps in its data directory. */
export interface DevSecrets {
  readonly adminToken: string;
  readonly jwtSecret: string;
  /** The whole text of the printed API key. */
  readonly apiKey: string;
}

const fileSchema = z.strictObject({
  adminToken: z.string().min(32),
  jwtSecret: z.string().min(32),
  apiKey: z.string(),
  sum: z.string(),
});

const NAME = 'dev-secrets.json';

/** Reads the secrets of this data directory, or makes them; throws `corrupt` naming the file when it was altered. */
export function openDevSecrets(dataDir: string): DevSecrets {
  const file = join(dataDir, NAME);
  const text = readIfThere(file);
  if (text === undefined) {
    const made = { adminToken: random(), jwtSecret: random(), apiKey: makeApiKey().text };
    saveDevSecrets(dataDir, made);
    return made;
  }
  chmodSync(file, 0o600);
  const secrets = parse(text);
  if (secrets) return secrets;
  throw new CarillonError('corrupt', `${file} is damaged; delete it, and the next start makes new secrets`, {
    facts: { file },
  });
}

/** Replaces the file as a whole: after a crash it holds the old secrets or the new ones. */
export function saveDevSecrets(dataDir: string, secrets: DevSecrets): void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, NAME);
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w', 0o600);
  try {
    writeSync(handle, write(secrets));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
}

/** Only the exact text that was written counts, so that no single altered bit goes unseen. */
function parse(text: string): DevSecrets | undefined {
  try {
    const { sum: _, ...secrets } = fileSchema.parse(JSON.parse(text));
    return write(secrets) === text ? secrets : undefined;
  } catch {
    return undefined;
  }
}

function write({ adminToken, jwtSecret, apiKey }: DevSecrets): string {
  const sum = createHash('sha256').update(`${adminToken}\n${jwtSecret}\n${apiKey}`).digest('hex');
  return `${JSON.stringify({ adminToken, jwtSecret, apiKey, sum }, null, 2)}\n`;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function random(): string {
  return randomBytes(32).toString('base64url');
}
