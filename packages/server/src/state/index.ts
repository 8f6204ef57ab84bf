export type {
  CommandAnswer,
  CommandContext,
  CommandHandlers,
  Commands,
  Database,
  Message,
  Migration,
  QueryAnswer,
  QueryHandlers,
} from '../storage/index.ts';
export type { AuditEntry, Revocation, StoredAuditEntry, StoredKey } from './credentials.ts';
export {
  addAuditEntry,
  allKeys,
  allRevocations,
  auditEntries,
  credentialMigrations,
  credentialTables,
  dropRevocationsBefore,
  findKey,
  putKey,
  putRevocation,
} from './credentials.ts';
