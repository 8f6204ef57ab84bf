import type { Grants } from '@carillon/core';
import { type Database, type Migration, summedTable } from '../storage/index.ts';

/** An API key as it is stored: its text is known to its owner only. */
export interface StoredKey {
  readonly id: string;
  /** SHA-256 of the whole key. */
  readonly digest: Uint8Array;
  readonly app: string;
  readonly name: string;
  readonly grants: Grants;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
}

/** A token that no longer counts although it has not expired yet. */
export interface Revocation {
  readonly credentialId: string;
  /** When the token expires by itself and the revocation may be forgotten. */
  readonly expiresAtMs: number;
}

/** One administrative call. */
export interface AuditEntry {
  readonly actor: string;
  /** Dotted name of what was asked for, `keys.create`. */
  readonly action: string;
  /** What it was about: a key, a credential, a subject. */
  readonly target: string;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
}

export interface StoredAuditEntry extends AuditEntry {
  readonly id: number;
  readonly atMs: number;
}

interface KeyRow {
  id: string;
  digest: Uint8Array;
  app: string;
  name: string;
  publish: string;
  subscribe: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

interface AuditRow {
  id: number;
  at: number;
  actor: string;
  action: string;
  target: string;
  outcome: string;
}

const keys = summedTable<KeyRow, 'id'>(
  'api_keys',
  ['id', 'digest', 'app', 'name', 'publish', 'subscribe', 'created_at', 'expires_at', 'revoked_at'],
  ['id'],
);
const revocations = summedTable<{ credential_id: string; expires_at: number }, 'credential_id'>(
  'revocations',
  ['credential_id', 'expires_at'],
  ['credential_id'],
);
const audit = summedTable<AuditRow, 'id'>('audit', ['id', 'at', 'actor', 'action', 'target', 'outcome'], ['id']);

/** Verified at start, like every guarded table. */
export const credentialTables = [keys, revocations, audit];

export const credentialMigrations: readonly Migration[] = [
  {
    room: 'credentials',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL, app TEXT NOT NULL, name TEXT NOT NULL, publish TEXT NOT NULL,
  subscribe TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE revocations (
  credential_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revocations_by_expiry ON revocations (expires_at);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
  outcome TEXT NOT NULL, sum INTEGER NOT NULL
) STRICT;`),
  },
];

export function putKey(db: Database, key: StoredKey): void {
  keys.put(db, {
    id: key.id,
    digest: key.digest,
    app: key.app,
    name: key.name,
    publish: JSON.stringify(key.grants.publish),
    subscribe: JSON.stringify(key.grants.subscribe),
    created_at: key.createdAtMs,
    expires_at: key.expiresAtMs ?? null,
    revoked_at: key.revokedAtMs ?? null,
  });
}

export function findKey(db: Database, id: string): StoredKey | undefined {
  const row = keys.get(db, { id });
  return row && readKey(row);
}

/** All keys, revoked ones among them, by time of creation. */
export function allKeys(db: Database): readonly StoredKey[] {
  return keys.select(db, 'ORDER BY created_at, id').map(readKey);
}

export function putRevocation(db: Database, { credentialId, expiresAtMs }: Revocation): void {
  revocations.put(db, { credential_id: credentialId, expires_at: expiresAtMs });
}

export function dropRevocationsBefore(db: Database, timeMs: number): void {
  revocations.removeWhere(db, 'WHERE expires_at <= ?', timeMs);
}

export function allRevocations(db: Database): readonly Revocation[] {
  return revocations.select(db, '').map((row) => ({ credentialId: row.credential_id, expiresAtMs: row.expires_at }));
}

export function addAuditEntry(db: Database, { atMs, ...entry }: StoredAuditEntry): void {
  audit.insert(db, { ...entry, at: atMs });
}

/** The newest entries first, below an id. */
export function auditEntries(db: Database, before: number, limit: number): readonly StoredAuditEntry[] {
  const rows = audit.select(db, 'WHERE id < ? ORDER BY id DESC LIMIT ?', before, limit);
  return rows.map(({ at, ...entry }) => ({ ...entry, atMs: at }));
}

function readKey(row: KeyRow): StoredKey {
  return {
    id: row.id,
    digest: row.digest,
    app: row.app,
    name: row.name,
    grants: { publish: patterns(row.publish), subscribe: patterns(row.subscribe) },
    createdAtMs: row.created_at,
    ...(row.expires_at === null ? {} : { expiresAtMs: row.expires_at }),
    ...(row.revoked_at === null ? {} : { revokedAtMs: row.revoked_at }),
  };
}

function patterns(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.map(String) : [];
}
