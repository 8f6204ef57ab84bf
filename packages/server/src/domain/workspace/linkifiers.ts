import { CarillonError } from '@carillon/core';
import {
  announce,
  type CommandContext,
  type Database,
  type LinkifierRow,
  type LinkifierSnapshot,
  linkifiers,
  type Message,
  statement,
} from '../../state/index.ts';
import { auditAct, requireRight } from '../community/rights.ts';
import { checkLinkifier } from './linkifier-rules.ts';
import { addLinkifier, linkifiersNow, orderLinkifiers, removeLinkifier, updateLinkifier } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MOST_LINKIFIERS = 200;

const all = statement((db) => db.selectFrom('linkifiers').selectAll().orderBy('place'));

export const linkifierQueries = { [linkifiersNow.name]: loadLinkifiers };

export const linkifierCommands = {
  [addLinkifier.name]: add,
  [updateLinkifier.name]: update,
  [removeLinkifier.name]: remove,
  [orderLinkifiers.name]: order,
};

async function add(
  context: CommandContext,
  { actor, pattern, template }: Input<typeof addLinkifier>,
): Promise<LinkifierSnapshot> {
  const { db } = context;
  await requireRight(context, actor, 'linkifiers.change');
  const rows = await linkifiers.find(db, all, {});
  if (rows.length >= MOST_LINKIFIERS) {
    throw new CarillonError('too-large', `a community has at most ${MOST_LINKIFIERS} linkifiers`, {
      facts: { limit: MOST_LINKIFIERS },
    });
  }
  const row: LinkifierRow = { id: context.nextId(), pattern, template, place: rows.length };
  requireSound(row, rows);
  await linkifiers.insert(db, row);
  await tell(context, actor, 'linkifiers.add', row.id);
  return toSnapshot(row);
}

async function update(
  context: CommandContext,
  { actor, id, pattern, template }: Input<typeof updateLinkifier>,
): Promise<LinkifierSnapshot> {
  const { db } = context;
  await requireRight(context, actor, 'linkifiers.change');
  const before = await requireLinkifier(db, id);
  const row = { ...before, pattern, template };
  requireSound(row, await linkifiers.find(db, all, {}));
  if (pattern === before.pattern && template === before.template) return toSnapshot(row);
  await linkifiers.put(db, row);
  await tell(context, actor, 'linkifiers.update', id);
  return toSnapshot(row);
}

async function remove(context: CommandContext, { actor, id }: Input<typeof removeLinkifier>): Promise<undefined> {
  const { db } = context;
  await requireRight(context, actor, 'linkifiers.change');
  await requireLinkifier(db, id);
  await linkifiers.remove(db, { id });
  await place(db, await linkifiers.find(db, all, {}));
  await tell(context, actor, 'linkifiers.remove', id);
}

async function order(
  context: CommandContext,
  { actor, ids }: Input<typeof orderLinkifiers>,
): Promise<readonly LinkifierSnapshot[]> {
  const { db } = context;
  await requireRight(context, actor, 'linkifiers.change');
  const rows = await linkifiers.find(db, all, {});
  const known = new Map(rows.map((row) => [row.id, row]));
  const ordered = ids.flatMap((id) => known.get(id) ?? []);
  if (new Set(ids).size !== rows.length || ordered.length !== rows.length) {
    throw new CarillonError('unprocessable', 'name every linkifier once');
  }
  if (ordered.every((row, index) => row.place === index)) return rows.map(toSnapshot);
  await place(db, ordered);
  await tell(context, actor, 'linkifiers.order', '');
  return ordered.map(toSnapshot);
}

/** Puts them in this order. */
async function place(db: Database, rows: readonly LinkifierRow[]): Promise<void> {
  for (const [index, row] of rows.entries()) {
    if (row.place !== index) await linkifiers.put(db, { ...row, place: index });
  }
}

function requireSound(row: LinkifierRow, others: readonly LinkifierRow[]): void {
  checkLinkifier(row);
  if (others.some(({ id, pattern }) => id !== row.id && pattern === row.pattern)) {
    throw new CarillonError('conflict', 'there is a linkifier with this pattern already');
  }
}

async function requireLinkifier(db: Database, id: number): Promise<LinkifierRow> {
  const row = await linkifiers.get(db, { id });
  if (row) return row;
  throw new CarillonError('not-found', `there is no linkifier ${id}`);
}

async function tell(context: CommandContext, actor: number, action: string, target: number | string): Promise<void> {
  announce(context, {
    type: 'linkifiers.changed',
    topics: ['community'],
    actor: String(actor),
    routing: { author: actor },
    data: { linkifiers: await loadLinkifiers(context.db) },
  });
  auditAct(context, actor, action, target);
}

async function loadLinkifiers(db: Database): Promise<readonly LinkifierSnapshot[]> {
  return (await linkifiers.find(db, all, {})).map(toSnapshot);
}

function toSnapshot({ id, pattern, template }: LinkifierRow): LinkifierSnapshot {
  return { id, pattern, template };
}
