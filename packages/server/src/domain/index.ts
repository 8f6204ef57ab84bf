export type { Audited, KeyView, NewKey } from './credentials.ts';
export {
  createKey,
  credentialCommands,
  credentialQueries,
  ensureKey,
  keyById,
  keyCredentialId,
  listAudit,
  listKeys,
  listRevocations,
  readRevocation,
  recordAudit,
  revokeKey,
  revokeToken,
} from './credentials.ts';
