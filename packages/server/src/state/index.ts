export type {
  CommandAnswer,
  CommandContext,
  CommandHandlers,
  Commands,
  Database,
  Message,
  QueryAnswer,
  QueryHandlers,
} from '../storage/index.ts';
export type { AuditEntry, Revocation, StoredAuditEntry, StoredKey } from './credentials.ts';
export {
  addAuditEntry,
  allKeys,
  allRevocations,
  auditEntries,
  CREDENTIALS_SCHEMA,
  dropRevocationsBefore,
  findKey,
  putKey,
  putRevocation,
} from './credentials.ts';
