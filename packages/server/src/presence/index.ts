export type { AccountPresence, AccountPresenceDeps } from './account-presence.ts';
export { startAccountPresence } from './account-presence.ts';
