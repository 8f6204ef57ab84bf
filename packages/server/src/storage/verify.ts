import type { Message } from './command.ts';

/** Checks the database's structure; answers when it is sound and throws `corrupt` otherwise. */
export const verifyStructure: Message<undefined, undefined> = { name: 'storage.verify-structure' };
/** Reads every row of every guarded table. */
export const verifyTables: Message<undefined, undefined> = { name: 'storage.verify-tables' };
