import {
  type AttachmentSnapshot,
  accounts,
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type MediaRow,
  numberOf,
  statement,
} from '../../state/index.ts';

const bytesOf = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('media')
    .select((is) => is.fn.sum<number>('bytes').as('n'))
    .where('account', '=', account),
);

/** Of all its files. */
export function usedBytesOf(db: Database, account: number): Promise<number> {
  return numberOf(db, bytesOf, { account });
}

/** Tells the owner of a file what has become of it; accounts of other servers hear nothing here. */
export async function tellAttachment(
  context: CommandContext,
  type: 'attachment.added' | 'attachment.updated' | 'attachment.removed',
  row: MediaRow,
): Promise<void> {
  const { db } = context;
  const { id, account } = row;
  const owner = await accounts.get(db, { id: account });
  if (!owner || owner.domain !== null) return;
  const usedBytes = await usedBytesOf(db, account);
  const reach = { topics: [accountTopic(account)], subjects: [`account:${account}`] };
  if (type === 'attachment.removed')
    announce(context, { type, ...reach, data: { account, attachment: id, usedBytes } });
  else announce(context, { type, ...reach, data: { attachment: attachmentOf(row), usedBytes } });
}

export function attachmentOf({ id, account, file, bytes, post, ...row }: MediaRow): AttachmentSnapshot {
  return { id, account, file, contentType: row.content_type, bytes, post, createdAt: row.created_at };
}
