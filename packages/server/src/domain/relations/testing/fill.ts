import { workerData } from 'node:worker_threads';
import { accountNotes, domainBlocks, follows, relations, statement } from '../../../state/index.ts';
import { openForWriting } from '../../../storage/boot.ts';

/** A thread that gives an account all that it may have but one of each kind, which by commands would take minutes. */
// Whoever starts the thread says both.
const { file, account } = workerData as { readonly file: string; readonly account: number };

/** Ids that nobody has. */
const STRANGERS = 1_000_000;
const range = (length: number) => Array.from({ length }, (_, at) => STRANGERS + at);
const ofAccount = statement<{ account: number }>((db, values) =>
  db.selectFrom('follows').selectAll().where('account', '=', values.account),
);

const db = openForWriting(file);
db.exec('BEGIN');
// Somebody's own channel counts among those that they follow.
const own = (await follows.find(db, ofAccount, { account })).length;
for (const other of range(9_999)) {
  const row = { account, target: other, kind: 'block', id: other, notifications: 0, expires_at: null } as const;
  await relations.insert(db, { ...row, created_at: 0 });
}
for (const other of range(4_999)) {
  await domainBlocks.insert(db, { account, domain: `d${other}.example`, id: other });
  await accountNotes.insert(db, { account, target: other, text: 'x' });
}
for (const other of range(7_499 - own)) {
  const row = { channel: other, account, state: 'subscribed', affiliation: 'member', id: other } as const;
  await follows.insert(db, { ...row, since_position: 0, shares: 1, notify: 0, languages: null, created_at: 0 });
}
db.exec('COMMIT');
db.close();
