import type { Message } from './command.ts';

/** Checks the database's structure; answers when it is sound and throws `corrupt` otherwise. */
export const verifyStructure: Message<undefined, undefined> = { name: 'storage.verify-structure' };
/** Reads every row of every guarded table. */
export const verifyTables: Message<undefined, undefined> = { name: 'storage.verify-tables' };
/** Checks some idempotency keys behind this one; answers the last of them, nothing at the end. */
export const verifyKeys: Message<{ readonly after: number }, number | undefined> = { name: 'storage.verify-keys' };
export const countKeys: Message<undefined, number> = { name: 'storage.count-keys' };
