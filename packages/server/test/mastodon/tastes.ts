import { DatabaseSync } from 'node:sqlite';
import type { Heard } from './raw-streams.ts';

/** Something that was said on the public stream. */
export interface Said {
  readonly event: 'update' | 'status.update' | 'delete';
  readonly id: string;
  readonly author: number;
  readonly mentions: readonly number[];
  readonly language: string | null;
  readonly text: string;
}

/** What every account blocks, mutes, reads and filters, as the database has it. */
export interface Tastes {
  /** `ACCOUNT TARGET` of blocks and of mutes that stand. */
  readonly blocks: ReadonlySet<string>;
  readonly mutes: ReadonlySet<string>;
  readonly languages: ReadonlyMap<number, readonly string[]>;
  readonly filters: ReadonlyMap<number, readonly { title: string; keyword: string; wholeWord: boolean }[]>;
}

export function readTastes(file: string): Tastes {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const pairs = (kind: string) =>
      new Set(
        db
          .prepare('SELECT account, target FROM relations WHERE kind = ? AND (expires_at IS NULL OR expires_at > ?)')
          .all(kind, Date.now())
          .map(({ account, target }) => `${Number(account)} ${Number(target)}`),
      );
    const languages = new Map(
      db
        .prepare('SELECT account, chosen_languages FROM account_settings WHERE chosen_languages IS NOT NULL')
        .all()
        .map((row) => [Number(row['account']), JSON.parse(String(row['chosen_languages']))] as const),
    );
    const filters = new Map<number, { title: string; keyword: string; wholeWord: boolean }[]>();
    const keywords =
      'SELECT account, title, keyword, whole_word FROM filter_keywords k JOIN filters f ON f.id = k.filter';
    for (const row of db.prepare(keywords).all()) {
      const account = Number(row['account']);
      const one = { title: String(row['title']), keyword: String(row['keyword']), wholeWord: row['whole_word'] === 1 };
      filters.set(account, [...(filters.get(account) ?? []), one]);
    }
    return { blocks: pairs('block'), mutes: pairs('mute'), languages, filters };
  } finally {
    db.close();
  }
}

/** What this reader must have heard, worked out one event at a time. */
export function wanted(said: readonly Said[], tastes: Tastes, reader: number): readonly Heard[] {
  return said.flatMap(({ event, id, author, mentions, language, text }): readonly Heard[] => {
    if (event === 'delete') return [{ event, id, filtered: [] }];
    const { blocks, mutes } = tastes;
    if ([author, ...mentions].some((one) => blocks.has(`${reader} ${one}`) || mutes.has(`${reader} ${one}`))) return [];
    if (blocks.has(`${author} ${reader}`)) return [];
    const languages = tastes.languages.get(reader);
    if (languages && (language === null || !languages.includes(language))) return [];
    const matching = (tastes.filters.get(reader) ?? []).filter(({ keyword, wholeWord }) =>
      wholeWord ? text.split(/[ @]/).includes(keyword) : text.includes(keyword),
    );
    return [{ event, id, filtered: matching.map(({ title }) => title).toSorted() }];
  });
}
