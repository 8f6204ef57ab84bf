import { type Database, droppedFiles, type MediaRow, media } from '../../state/index.ts';

/** Forgets an upload; its files are written down as nobody's, for whoever removes files (`media/chores.ts`). */
export async function dropMedia(db: Database, { id, file, preview }: MediaRow): Promise<void> {
  await media.remove(db, { id });
  await droppedFiles.put(db, { file });
  if (preview !== null) await droppedFiles.put(db, { file: preview });
}
