import { sql } from 'kysely';
import {
  type CommandContext,
  type Database,
  type MediaRow,
  type Message,
  media,
  statement,
} from '../../state/index.ts';

interface Unused {
  /** Milliseconds since 1970; younger files are still to be posted. */
  readonly before: number;
  readonly limit: number;
}

/** Whether there are old files that neither a post nor a profile shows. */
export const hasUnusedMedia: Message<Unused, boolean> = { name: 'media.has-unused' };
/** Forgets such files; answers with their names, which are to be removed now. */
export const dropUnusedMedia: Message<Unused, readonly string[]> = { name: 'media.drop-unused' };
/** Those of these names that belong to no upload. */
export const unknownFiles: Message<{ readonly names: readonly string[] }, readonly string[]> = {
  name: 'media.unknown-files',
};

const unused = statement<Unused>((db, { before, limit }) =>
  db
    .selectFrom('media')
    .selectAll()
    .where('post', 'is', null)
    .where('created_at', '<', before)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('accounts')
            .select('accounts.id')
            .whereRef('accounts.id', '=', 'media.account')
            .where((of) => of.or([of('avatar', '=', of.ref('media.id')), of('header', '=', of.ref('media.id'))])),
        ),
      ),
    )
    .orderBy('created_at')
    .limit(limit),
);
const byFiles = statement<{ names: string }>((db, { names }) =>
  db
    .selectFrom('media')
    .selectAll()
    .where((is) =>
      is.or([
        is('file', 'in', sql<string>`(SELECT value FROM json_each(${names}))`),
        is('preview', 'in', sql<string>`(SELECT value FROM json_each(${names}))`),
      ]),
    ),
);

export const unusedMediaCommands = {
  [dropUnusedMedia.name]: async ({ db }: CommandContext, wanted: Unused): Promise<readonly string[]> => {
    const rows = await media.find(db, unused, wanted);
    for (const { id } of rows) await media.remove(db, { id });
    return rows.flatMap(filesOf);
  },
};

export const unusedMediaQueries = {
  [hasUnusedMedia.name]: async (db: Database, { before }: Unused) =>
    (await media.find(db, unused, { before, limit: 1 })).length > 0,
  [unknownFiles.name]: async (db: Database, { names }: { readonly names: readonly string[] }) => {
    const rows = await media.find(db, byFiles, { names: JSON.stringify(names) });
    const known = new Set(rows.flatMap(filesOf));
    return names.filter((name) => !known.has(name));
  },
};

function filesOf({ file, preview }: MediaRow): string[] {
  return preview === null ? [file] : [file, preview];
}
