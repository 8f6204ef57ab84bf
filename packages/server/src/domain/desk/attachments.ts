import { type Database, type Message, media, statement } from '../../state/index.ts';
import { attachmentOf, usedBytesOf } from '../media/attachments.ts';
import { attachmentsOf } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('media').selectAll().where('account', '=', account).orderBy('id', 'desc'),
);

export const attachmentQueries = {
  [attachmentsOf.name]: async (db: Database, { viewer }: Input<typeof attachmentsOf>) => ({
    attachments: (await media.find(db, ofAccount, { account: viewer })).map(attachmentOf),
    usedBytes: await usedBytesOf(db, viewer),
  }),
};
