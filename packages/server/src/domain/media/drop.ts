import { type CommandContext, type Database, droppedFiles, type MediaRow, media } from '../../state/index.ts';
import { tellAttachment } from './attachments.ts';

/** Forgets an upload; its files are written down as nobody's, for whoever removes files (`media/chores.ts`). */
export async function dropMedia(context: CommandContext, row: MediaRow): Promise<void> {
  await forgetMedia(context.db, row);
  await tellAttachment(context, 'attachment.removed', row);
}

/** The same, of an owner who need not be told. */
export async function forgetMedia(db: Database, { id, file, preview }: MediaRow): Promise<void> {
  await media.remove(db, { id });
  await droppedFiles.put(db, { file });
  if (preview !== null) await droppedFiles.put(db, { file: preview });
}
