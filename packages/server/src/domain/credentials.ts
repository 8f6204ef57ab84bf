import { CarillonError, checkGrants, type Grants, isAppName } from '@carillon/core';
import {
  type AuditEntry,
  allKeys,
  allRevocations,
  auditEntries,
  type CommandContext,
  type Database,
  dropRevocationsBefore,
  findKey,
  type Message,
  putKey,
  putRevocation,
  type Revocation,
  type StoredAuditEntry,
  type StoredKey,
} from '../state/index.ts';
import { type Audited, audited, writeAudit } from './audit.ts';
import { announceRevocation } from './revocations.ts';

/** An API key as its owner and the administrators may see it. */
export type KeyView = Omit<StoredKey, 'digest'>;

export interface NewKey {
  readonly id: string;
  /** SHA-256 of the whole key; the text itself never comes this far. */
  readonly digest: Uint8Array;
  readonly app: string;
  readonly name: string;
  readonly grants: Grants;
  readonly expiresAtMs?: number;
}

export const createKey: Message<Audited<NewKey>, KeyView> = { name: 'credentials.create-key' };
/** Answers with the key as it is afterwards; revoking twice changes nothing. */
export const revokeKey: Message<Audited<{ readonly id: string }>, KeyView> = { name: 'credentials.revoke-key' };
export const revokeToken: Message<Audited<Revocation>, Revocation> = { name: 'credentials.revoke-token' };
/** Makes sure that a key made beforehand exists; answers whether it may be used. */
export const ensureKey: Message<NewKey, boolean> = { name: 'credentials.ensure-key' };
/** For administrative calls that change nothing, or failed. */
export const recordAudit: Message<AuditEntry, undefined> = { name: 'credentials.record-audit' };

export const keyById: Message<{ readonly id: string }, StoredKey | undefined> = { name: 'credentials.key-by-id' };
export const listKeys: Message<Record<never, never>, readonly KeyView[]> = { name: 'credentials.list-keys' };
export const listRevocations: Message<Record<never, never>, readonly Revocation[]> = {
  name: 'credentials.list-revocations',
};
export const listAudit: Message<{ readonly before: number; readonly limit: number }, readonly StoredAuditEntry[]> = {
  name: 'credentials.list-audit',
};

export const credentialCommands = {
  [createKey.name]: audited(create),
  [revokeKey.name]: audited(revoke),
  [revokeToken.name]: audited(revokeUntilExpiry),
  [ensureKey.name]: ensure,
  [recordAudit.name]: (context: CommandContext, entry: AuditEntry): undefined => writeAudit(context, entry),
};

export const credentialQueries = {
  [keyById.name]: (db: Database, { id }: { readonly id: string }) => findKey(db, id),
  [listKeys.name]: (db: Database) => allKeys(db).map(toView),
  [listRevocations.name]: (db: Database) => allRevocations(db),
  [listAudit.name]: (db: Database, { before, limit }: { readonly before: number; readonly limit: number }) =>
    auditEntries(db, before, limit),
};

/** How connections opened with a key name their credential. */
export function keyCredentialId(id: string): string {
  return `key:${id}`;
}

function create(context: CommandContext, key: NewKey): KeyView {
  if (!isAppName(key.app)) throw new CarillonError('bad-request', `"${key.app}" is not an app name`);
  checkGrants(key.grants, key.app);
  if (findKey(context.db, key.id)) throw new CarillonError('conflict', `there is a key ${key.id} already`);
  const stored = { ...key, createdAtMs: context.now };
  putKey(context.db, stored);
  return toView(stored);
}

function ensure(context: CommandContext, key: NewKey): boolean {
  const known = findKey(context.db, key.id);
  if (!known) create(context, key);
  return known === undefined || (known.revokedAtMs === undefined && Buffer.compare(known.digest, key.digest) === 0);
}

function revoke(context: CommandContext, { id }: { readonly id: string }): KeyView {
  const key = findKey(context.db, id);
  if (!key) throw new CarillonError('not-found', `there is no key ${id}`);
  if (key.revokedAtMs !== undefined) return toView(key);
  const revoked = { ...key, revokedAtMs: context.now };
  putKey(context.db, revoked);
  announceRevocation(context, { credentialId: keyCredentialId(id) });
  return toView(revoked);
}

function revokeUntilExpiry(context: CommandContext, revocation: Revocation): Revocation {
  dropRevocationsBefore(context.db, context.now);
  putRevocation(context.db, revocation);
  announceRevocation(context, revocation);
  return revocation;
}

function toView({ digest: _, ...view }: StoredKey): KeyView {
  return view;
}
