export type {
  CommandContext,
  Commands,
  Database,
  Message,
} from '../storage/index.ts';
export {
  accessTokenByDigest,
  accessTokens,
  accountByEmail,
  accountBySlug,
  accounts,
  accountsAfter,
  slugs,
} from './community/accounts.ts';
export { channels, follows } from './community/channels.ts';
export type { AccessTokenRow, AccountRow } from './community/schema.ts';
export type { AuditEntry, Revocation, StoredAuditEntry, StoredKey } from './credentials.ts';
export {
  addAuditEntry,
  allKeys,
  allRevocations,
  auditEntries,
  dropRevocationsBefore,
  findKey,
  putKey,
  putRevocation,
} from './credentials.ts';
export { stateMigrations, stateTables } from './migrations.ts';
export type { ForkPoint, ProducerTag, StoredProducer, StoredStream, StreamGarbage, StreamSegment } from './streams.ts';
export {
  dropGarbage,
  dropStream,
  dueStreams,
  findProducer,
  findStream,
  forksOf,
  putGarbage,
  putProducer,
  putStream,
  someGarbage,
  streamById,
} from './streams.ts';
