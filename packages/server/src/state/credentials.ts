import { crc32 } from 'node:zlib';
import { CarillonError, type Grants } from '@carillon/core';
import type { Database, Row, SqlValue } from '../storage/index.ts';

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

/** Every row carries a CRC-32 over its other columns, because SQLite serves a flipped bit as data (kernel K9). */
export const CREDENTIALS_SCHEMA = `
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
) STRICT;
`;

const KEY_COLUMNS = ['id', 'digest', 'app', 'name', 'publish', 'subscribe', 'created_at', 'expires_at', 'revoked_at'];
const REVOCATION_COLUMNS = ['credential_id', 'expires_at'];
const AUDIT_COLUMNS = ['id', 'at', 'actor', 'action', 'target', 'outcome'];

export function putKey(db: Database, key: StoredKey): void {
  write(db, 'api_keys', KEY_COLUMNS, [
    key.id,
    key.digest,
    key.app,
    key.name,
    JSON.stringify(key.grants.publish),
    JSON.stringify(key.grants.subscribe),
    key.createdAtMs,
    key.expiresAtMs ?? null,
    key.revokedAtMs ?? null,
  ]);
}

export function findKey(db: Database, id: string): StoredKey | undefined {
  const row = db.prepare('SELECT * FROM api_keys WHERE id = ?').get(id);
  return row && readKey(row);
}

/** All keys, revoked ones among them, by time of creation. */
export function allKeys(db: Database): readonly StoredKey[] {
  return db.prepare('SELECT * FROM api_keys ORDER BY created_at, id').all().map(readKey);
}

export function putRevocation(db: Database, revocation: Revocation): void {
  write(db, 'revocations', REVOCATION_COLUMNS, [revocation.credentialId, revocation.expiresAtMs]);
}

export function dropRevocationsBefore(db: Database, timeMs: number): void {
  db.prepare('DELETE FROM revocations WHERE expires_at <= ?').run(timeMs);
}

export function allRevocations(db: Database): readonly Revocation[] {
  return db
    .prepare('SELECT * FROM revocations')
    .all()
    .map((row) => {
      check(row, 'revocations', REVOCATION_COLUMNS);
      return { credentialId: text(row, 'credential_id'), expiresAtMs: integer(row, 'expires_at') };
    });
}

export function addAuditEntry(db: Database, entry: StoredAuditEntry): void {
  const { id, atMs, actor, action, target, outcome } = entry;
  write(db, 'audit', AUDIT_COLUMNS, [id, atMs, actor, action, target, outcome]);
}

/** The newest entries first. */
export function auditEntries(db: Database, before: number, limit: number): readonly StoredAuditEntry[] {
  const rows = db.prepare('SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?').all(before, limit);
  return rows.map((row) => {
    check(row, 'audit', AUDIT_COLUMNS);
    return {
      id: integer(row, 'id'),
      atMs: integer(row, 'at'),
      actor: text(row, 'actor'),
      action: text(row, 'action'),
      target: text(row, 'target'),
      outcome: text(row, 'outcome'),
    };
  });
}

function readKey(row: Row): StoredKey {
  check(row, 'api_keys', KEY_COLUMNS);
  const { digest, expires_at: expiresAtMs, revoked_at: revokedAtMs } = row;
  if (!(digest instanceof Uint8Array)) throw damaged('api_keys', row);
  return {
    id: text(row, 'id'),
    digest,
    app: text(row, 'app'),
    name: text(row, 'name'),
    grants: { publish: patterns(row, 'publish'), subscribe: patterns(row, 'subscribe') },
    createdAtMs: integer(row, 'created_at'),
    ...(typeof expiresAtMs === 'number' ? { expiresAtMs } : {}),
    ...(typeof revokedAtMs === 'number' ? { revokedAtMs } : {}),
  };
}

function write(db: Database, table: string, columns: readonly string[], values: readonly SqlValue[]): void {
  const marks = columns.map(() => '?').join(', ');
  const statement = db.prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}, sum) VALUES (${marks}, ?)`);
  statement.run(...values, sumOf(values));
}

function check(row: Row, table: string, columns: readonly string[]): void {
  if (sumOf(columns.map((column) => row[column] ?? null)) !== row.sum) throw damaged(table, row);
}

/** Values are told apart by type and length, so that no two rows run together. */
function sumOf(values: readonly SqlValue[]): number {
  let sum = 0;
  for (const value of values) {
    const bytes = ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(String(value));
    sum = crc32(bytes, crc32(`${value === null ? 'null' : typeof value}:${bytes.byteLength};`, sum));
  }
  return sum;
}

function damaged(table: string, row: Row): CarillonError {
  const name = row.id ?? row.credential_id;
  return new CarillonError('corrupt', `row ${String(name)} of ${table} fails its checksum; restore the data directory`);
}

function text(row: Row, column: string): string {
  return String(row[column]);
}

function integer(row: Row, column: string): number {
  return Number(row[column]);
}

function patterns(row: Row, column: string): readonly string[] {
  const value: unknown = JSON.parse(text(row, column));
  return Array.isArray(value) ? value.map(String) : [];
}
