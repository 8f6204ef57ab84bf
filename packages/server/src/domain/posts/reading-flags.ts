import type { Database, Message } from '../../state/index.ts';
import { loadMentions } from '../community/load-posts.ts';
import { findVisible } from './access.ts';
import { loadPostFlags, loadReadStates } from './read-marks.ts';
import { type ReadingFlags, readingFlagsOf } from './reading-messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

export const readingFlagQueries = {
  [readingFlagsOf.name]: async (db: Database, { viewer, posts }: Input<typeof readingFlagsOf>) => {
    const rows = await findVisible(db, viewer, posts);
    const ids = rows.map(({ id }) => id);
    const states = await loadReadStates(db, viewer, rows);
    const flags = await loadPostFlags(db, viewer, ids);
    const mentions = await loadMentions(db, ids);
    return rows.map(
      ({ id, visibility }): ReadingFlags => ({
        post: id,
        read: states.get(id)?.read ?? true,
        starred: (flags.get(id)?.bookmarked ?? null) !== null,
        collapsed: flags.get(id)?.collapsed === 1,
        mentioned: visibility !== 'direct' && (mentions.get(id)?.includes(viewer) ?? false),
        historical: states.get(id)?.counts !== true,
      }),
    );
  },
};
