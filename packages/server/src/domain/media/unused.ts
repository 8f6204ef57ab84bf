import { sql } from 'kysely';
import { type CommandContext, type Database, droppedFiles, type Message, media, statement } from '../../state/index.ts';
import { dropMedia } from './drop.ts';

interface Unused {
  /** Milliseconds since 1970; younger files are still to be posted. */
  readonly before: number;
  readonly limit: number;
}

interface Names {
  readonly names: readonly string[];
}

/** Whether there are old files that no post, no scheduled one, no profile and no emoji shows. */
export const hasUnusedMedia: Message<Unused, boolean> = { name: 'media.has-unused' };
/** Forgets such files, which are then among the dropped ones. */
export const dropUnusedMedia: Message<Unused, undefined> = { name: 'media.drop-unused' };
/** Names of files that are nobody's any more: of deleted posts and accounts, and of unused uploads. */
export const filesToRemove: Message<{ readonly limit: number }, readonly string[]> = { name: 'media.files-to-remove' };
/** These are removed. */
export const forgetFiles: Message<Names, undefined> = { name: 'media.forget-files' };
/** Those of these names that belong to no upload. */
export const unknownFiles: Message<Names, readonly string[]> = { name: 'media.unknown-files' };

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
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM scheduled_posts AS planned, json_each(planned.media) AS shown
        WHERE planned.account = media.account AND shown.value = media.id)`,
    )
    .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM custom_emoji AS shown WHERE shown.media = media.id)`)
    .orderBy('created_at')
    .limit(limit),
);
const dropped = statement<{ limit: number }>((db, { limit }) =>
  db.selectFrom('dropped_files').selectAll().limit(limit),
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
  [dropUnusedMedia.name]: async (context: CommandContext, wanted: Unused): Promise<undefined> => {
    for (const row of await media.find(context.db, unused, wanted)) await dropMedia(context, row);
  },
  [forgetFiles.name]: async ({ db }: CommandContext, { names }: Names): Promise<undefined> => {
    for (const file of names) await droppedFiles.remove(db, { file });
  },
};

export const unusedMediaQueries = {
  [hasUnusedMedia.name]: async (db: Database, { before }: Unused) =>
    (await media.find(db, unused, { before, limit: 1 })).length > 0,
  [filesToRemove.name]: async (db: Database, { limit }: { readonly limit: number }) =>
    (await droppedFiles.find(db, dropped, { limit })).map(({ file }) => file),
  [unknownFiles.name]: async (db: Database, { names }: Names) => {
    const rows = await media.find(db, byFiles, { names: JSON.stringify(names) });
    const known = new Set<string | null>(rows.flatMap(({ file, preview }) => [file, preview]));
    return names.filter((name) => !known.has(name));
  },
};
