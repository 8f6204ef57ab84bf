import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  type AnnouncementRow,
  type AnnouncementSnapshot,
  announce,
  announcementReactions,
  announcementReads,
  announcements,
  type CommandContext,
  type Database,
  statement,
} from '../../state/index.ts';
import { audited } from '../audit.ts';
import { requireActor } from '../community/parties.ts';
import {
  announcementsFor,
  deleteAnnouncement,
  dismissAnnouncement,
  endAnnouncements,
  type NewAnnouncement,
  nextAnnouncementEnd,
  type Own,
  publishAnnouncement,
  reactToAnnouncement,
} from './messages.ts';

const TOPICS = ['community'];
/** Different ones under one announcement, as in Mastodon. */
const MAX_REACTIONS = 8;
const ENDED_AT_ONCE = 100;
const MAX_NAME_LENGTH = 100;
/** One picture as people see it, with or without the selector that asks for its colours (UTS #51). */
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})\uFE0F?$/v;

/** Those that have not ended. */
const standing = statement<{ now: number }>((db, { now }) =>
  db
    .selectFrom('announcements')
    .selectAll()
    .where((is) => is.or([is('ends_at', 'is', null), is('ends_at', '>', now)]))
    .orderBy('id', 'desc'),
);
const ending = statement<{ now: number; limit: number }>((db, { now, limit }) =>
  db.selectFrom('announcements').selectAll().where('ends_at', '<=', now).orderBy('ends_at').orderBy('id').limit(limit),
);
const reactionsTo = statement<{ announcements: string }>((db, { announcements }) =>
  db
    .selectFrom('announcement_reactions')
    .selectAll()
    .where('announcement', 'in', sql<number>`(SELECT value FROM json_each(${announcements}))`),
);
const readsOf = statement<{ announcements: string; account: number }>((db, { announcements, account }) =>
  db
    .selectFrom('announcement_reads')
    .selectAll()
    .where('announcement', 'in', sql<number>`(SELECT value FROM json_each(${announcements}))`)
    .where((is) => is.or([is('account', '=', account), is(is.val(0), '=', account)])),
);

export const announcementQueries = {
  [nextAnnouncementEnd.name]: async (db: Database) => {
    const [first] = await announcements.find(db, ending, { now: Number.MAX_SAFE_INTEGER, limit: 1 });
    return first?.ends_at ?? undefined;
  },
  [announcementsFor.name]: async (
    db: Database,
    { viewer, withDismissed = false }: { readonly viewer: number; readonly withDismissed?: boolean },
  ) => {
    const rows = await announcements.find(db, standing, { now: Date.now() });
    const all = await load(db, rows, viewer);
    return withDismissed ? all : all.filter(({ read }) => read !== true);
  },
};

export const announcementCommands = {
  [publishAnnouncement.name]: audited(publish),
  [deleteAnnouncement.name]: audited(async (context, { id }: { readonly id: number }): Promise<undefined> => {
    await requireAnnouncement(context.db, id);
    await remove(context, id);
  }),
  [endAnnouncements.name]: async (context: CommandContext, { now }: { readonly now: number }): Promise<undefined> => {
    const ended = await announcements.find(context.db, ending, { now, limit: ENDED_AT_ONCE });
    for (const { id } of ended) await remove(context, id);
  },
  [dismissAnnouncement.name]: async ({ db }: CommandContext, { actor, id }: Own): Promise<undefined> => {
    await requireAnnouncement(db, id);
    await announcementReads.put(db, { announcement: id, account: actor });
  },
  [reactToAnnouncement.name]: reactTo,
};

async function publish(context: CommandContext, wanted: NewAnnouncement): Promise<AnnouncementSnapshot> {
  const { text, html, startsAt = null, endsAt = null, allDay = false } = wanted;
  if (text.trim() === '') throw new CarillonError('unprocessable', 'an announcement has a text');
  if (endsAt !== null && endsAt < (startsAt ?? context.now)) {
    throw new CarillonError('unprocessable', 'an announcement ends after it starts');
  }
  const row: AnnouncementRow = {
    id: context.nextId(),
    text,
    html,
    starts_at: startsAt,
    ends_at: endsAt,
    all_day: allDay ? 1 : 0,
    published_at: context.now,
    updated_at: context.now,
  };
  await announcements.insert(context.db, row);
  const announcement = toSnapshot(row, []);
  announce(context, {
    type: 'announcement.published',
    topics: TOPICS,
    routing: { object: row.id },
    subjects: [subjectOf(row.id)],
    data: { announcement },
  });
  return announcement;
}

/** Its text is erased from the log in the same commit. */
async function remove(context: CommandContext, id: number): Promise<void> {
  const { db } = context;
  for (const row of await announcementReactions.find(db, reactionsTo, { announcements: JSON.stringify([id]) })) {
    await announcementReactions.remove(db, row);
  }
  for (const row of await announcementReads.find(db, readsOf, { announcements: JSON.stringify([id]), account: 0 })) {
    await announcementReads.remove(db, row);
  }
  await announcements.remove(db, { id });
  context.eraseSubject(subjectOf(id));
  announce(context, {
    type: 'announcement.deleted',
    topics: TOPICS,
    routing: { object: id },
    data: { announcement: id },
  });
}

async function reactTo(
  context: CommandContext,
  { actor, id, name, on }: Own & { readonly name: string; readonly on: boolean },
): Promise<undefined> {
  const { db } = context;
  await requireActor(db, actor);
  await requireAnnouncement(db, id);
  if (name.length > MAX_NAME_LENGTH || !EMOJI.test(name)) {
    throw new CarillonError('unprocessable', 'a reaction has the name of an emoji');
  }
  const all = await announcementReactions.find(db, reactionsTo, { announcements: JSON.stringify([id]) });
  const alike = all.filter((row) => row.name === name);
  if (alike.some(({ account }) => account === actor) === on) return;
  if (on && alike.length === 0 && new Set(all.map((row) => row.name)).size >= MAX_REACTIONS) {
    throw new CarillonError('unprocessable', `an announcement takes ${MAX_REACTIONS} different reactions`);
  }
  const row = { announcement: id, account: actor, name };
  if (on) await announcementReactions.insert(db, row);
  else await announcementReactions.remove(db, row);
  announce(context, {
    type: 'announcement.reacted',
    topics: TOPICS,
    actor: String(actor),
    routing: { author: actor, object: id },
    data: { announcement: id, name, count: alike.length + (on ? 1 : -1) },
  });
}

async function requireAnnouncement(db: Database, id: number): Promise<AnnouncementRow> {
  const row = await announcements.get(db, { id });
  if (row) return row;
  throw new CarillonError('not-found', `there is no announcement ${id}`);
}

function subjectOf(id: number): string {
  return `announcement:${id}`;
}

async function load(
  db: Database,
  rows: readonly AnnouncementRow[],
  viewer: number,
): Promise<readonly Required<AnnouncementSnapshot>[]> {
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const reacted = await announcementReactions.find(db, reactionsTo, { announcements: ids });
  const reads = await announcementReads.find(db, readsOf, { announcements: ids, account: viewer });
  const read = new Set(reads.map(({ announcement }) => announcement));
  return rows.map((row) => {
    const names = Map.groupBy(
      reacted.filter(({ announcement }) => announcement === row.id),
      ({ name }) => name,
    );
    const reactions = [...names].map(([name, by]) => ({
      name,
      count: by.length,
      mine: by.some(({ account }) => account === viewer),
    }));
    return { ...toSnapshot(row, reactions), read: read.has(row.id) };
  });
}

function toSnapshot(row: AnnouncementRow, reactions: AnnouncementSnapshot['reactions']): AnnouncementSnapshot {
  return {
    id: row.id,
    html: row.html,
    text: row.text,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    allDay: row.all_day === 1,
    publishedAt: row.published_at,
    updatedAt: row.updated_at,
    reactions,
  };
}
