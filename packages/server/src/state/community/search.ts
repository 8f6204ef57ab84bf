import type { Database, GuardedTable, Migration } from '../../storage/index.ts';
import type { PostRow } from './rows/posts.ts';

/**
 * Full-text indexes (SQLite FTS5). They are derived: whoever searches reads the rows themselves, which are summed. So
 * no sum is kept here: SQLite's integrity check walks them at start, and they change in the commit of their rows. A
 * salvage makes them anew from the rows that it kept; no other start has a reason to.
 *
 * `secure-delete` takes the words of a deleted row out of the file, where FTS5 would only mark them as deleted. It does
 * nothing for tables with `contentless_delete` (their words stay, as was measured), so posts are an index over a view of
 * their rows: nothing is stored twice, and deleting gives the words as they were. Names are short and change by
 * themselves, so their index keeps a copy.
 */
export const searchMigrations: readonly Migration[] = [
  {
    room: 'search',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE VIEW searched_posts AS
  SELECT id, warning || char(10) || text AS words FROM posts WHERE kind <> 'share';
CREATE VIRTUAL TABLE post_search USING fts5(
  words, content = 'searched_posts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO post_search (post_search, rank) VALUES ('secure-delete', 1);
CREATE VIEW searched_names AS
  SELECT id, slug, display_name AS name FROM accounts
  UNION ALL SELECT id, slug, title AS name FROM channels WHERE kind = 'group';
CREATE VIRTUAL TABLE name_search USING fts5(
  slug, name, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO name_search (name_search, rank) VALUES ('secure-delete', 1);`),
  },
];

type SearchedPost = Pick<PostRow, 'id' | 'kind' | 'warning' | 'text'>;

/** Makes a new post findable, or an edited one with its new words, after `unindexPost` with its old ones. */
export async function indexPost(db: Database, post: SearchedPost): Promise<void> {
  if (post.kind === 'share') return;
  db.prepare('INSERT INTO post_search (rowid, words) VALUES (?, ?)').run(post.id, wordsOf(post));
}

/** Takes a post out, with the words that it was put in with: anything else leaves some behind. */
export async function unindexPost(db: Database, post: SearchedPost): Promise<void> {
  if (post.kind === 'share') return;
  db.prepare("INSERT INTO post_search (post_search, rowid, words) VALUES ('delete', ?, ?)").run(post.id, wordsOf(post));
}

/** As the view `searched_posts` has it. */
function wordsOf({ warning, text }: SearchedPost): string {
  return `${warning}\n${text}`;
}

/** An account or a group channel, new or renamed; `slug` is `romeo@verona.example` for those of other servers. */
export async function indexName(
  db: Database,
  { id, slug, name }: { readonly id: number; readonly slug: string; readonly name: string },
): Promise<void> {
  await unindexName(db, id);
  db.prepare('INSERT INTO name_search (rowid, slug, name) VALUES (?, ?, ?)').run(id, slug, name);
}

export async function unindexName(db: Database, id: number): Promise<void> {
  db.prepare('DELETE FROM name_search WHERE rowid = ?').run(id);
}

/** Behind the tables that they are made from: a salvage goes in this order. */
export const searchTables: readonly GuardedTable[] = [
  {
    name: 'post_search',
    verify: () => {},
    salvage(_, to) {
      to.exec("INSERT INTO post_search (post_search) VALUES ('rebuild')");
      return 0;
    },
  },
  {
    name: 'name_search',
    verify: () => {},
    salvage(_, to) {
      to.exec('INSERT INTO name_search (rowid, slug, name) SELECT id, slug, name FROM searched_names');
      return 0;
    },
  },
];
