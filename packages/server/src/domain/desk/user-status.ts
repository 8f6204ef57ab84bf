import { CarillonError } from '@carillon/core';
import {
  announce,
  type CommandContext,
  type Database,
  type Message,
  statement,
  userStatuses as statuses,
  type UserStatusRow,
  type UserStatusSnapshot,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { setUserStatus, userStatuses, userStatusOf } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_LETTERS = 60;
const MAX_EMOJI = 100;

const ofStanding = statement<object>((db) =>
  db
    .selectFrom('user_statuses')
    .innerJoin('accounts', 'accounts.id', 'user_statuses.account')
    .selectAll('user_statuses')
    .where('accounts.suspended_at', 'is', null)
    .where('accounts.deactivated_at', 'is', null)
    .orderBy('user_statuses.account'),
);

export const userStatusCommands = { [setUserStatus.name]: set };

export const userStatusQueries = {
  [userStatuses.name]: async (db: Database) => (await statuses.find(db, ofStanding, {})).map(snapshotOf),
  [userStatusOf.name]: async (db: Database, { account }: Input<typeof userStatusOf>) =>
    snapshotOf((await statuses.get(db, { account })) ?? nothing(account)),
};

async function set(
  context: CommandContext,
  { actor, text, emoji, away }: Input<typeof setUserStatus>,
): Promise<UserStatusSnapshot> {
  const { db } = context;
  await requireActor(db, actor);
  const before = (await statuses.get(db, { account: actor })) ?? nothing(actor);
  const row: UserStatusRow = {
    account: actor,
    text: text?.trim() ?? before.text,
    emoji: emoji === undefined ? before.emoji : emoji,
    away: away === undefined ? before.away : Number(away),
    updated_at: context.now,
  };
  check(row);
  if (row.text === before.text && row.emoji === before.emoji && row.away === before.away) return snapshotOf(before);
  // What it said before is nobody's business any more.
  context.eraseSubject(subjectOf(actor));
  if (saysNothing(row)) await statuses.remove(db, { account: actor });
  else await statuses.put(db, row);
  const status = snapshotOf(row);
  announce(context, {
    type: 'status.changed',
    topics: ['community'],
    actor: String(actor),
    routing: { author: actor, object: actor },
    subjects: [subjectOf(actor), `account:${actor}`],
    data: { status },
  });
  return status;
}

function check({ text, emoji }: UserStatusRow): void {
  if (Array.from(text).length > MAX_LETTERS) {
    throw new CarillonError('unprocessable', `a status has at most ${MAX_LETTERS} letters`);
  }
  if (emoji !== null && (emoji === '' || emoji.length > MAX_EMOJI)) {
    throw new CarillonError('unprocessable', 'this is no emoji');
  }
}

function saysNothing({ text, emoji, away }: UserStatusRow): boolean {
  return text === '' && emoji === null && away === 0;
}

function nothing(account: number): UserStatusRow {
  return { account, text: '', emoji: null, away: 0, updated_at: 0 };
}

function snapshotOf({ account, text, emoji, away, updated_at }: UserStatusRow): UserStatusSnapshot {
  return { account, text, emoji, away: away === 1, updatedAt: updated_at };
}

function subjectOf(account: number): string {
  return `user-status:${account}`;
}
