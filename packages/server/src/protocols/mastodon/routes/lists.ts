import * as z from 'zod';
import {
  changeListMembers,
  createList,
  deleteList,
  listById,
  listMembersOf,
  listsOf,
  updateList,
} from '../../../domain/index.ts';
import { toAccount, toList } from '../entities/index.ts';
import { ACCOUNTS, type Call, flag, found, idField, many, type Rest, user } from '../http/index.ts';

const READ = user('read:lists');
const WRITE = user('write:lists');

const replies = z.enum(['followed', 'list', 'none'], 'is not included in the list').optional();
const title = z.string("can't be blank").trim().min(1, "can't be blank").max(256, 'is too long');
const newList = z.object({ title, replies_policy: replies, exclusive: flag });
const changedList = newList.extend({ title: title.optional() });
const members = z.object({ account_ids: many(idField) });

/** Lists of accounts that one follows (docs.joinmastodon.org/methods/lists). */
export function listRoutes(rest: Rest): void {
  rest.get('/api/v1/lists', READ, async (call) => (await call.query(listsOf, { viewer: call.viewer })).map(toList));
  rest.post('/api/v1/lists', WRITE, async (call) => {
    const asked = await call.input(newList);
    const { replies_policy = 'list', exclusive = false } = asked;
    return toList(
      await call.run(createList, { actor: call.viewer, title: asked.title, replies: replies_policy, exclusive }),
    );
  });
  rest.get('/api/v1/lists/:id', READ, async (call) =>
    toList(found(await call.query(listById, { viewer: call.viewer, id: call.id() }))),
  );
  rest.put('/api/v1/lists/:id', WRITE, async (call) => {
    const asked = await call.input(changedList);
    return toList(
      await call.run(updateList, {
        actor: call.viewer,
        id: call.id(),
        ...(asked.title === undefined ? {} : { title: asked.title }),
        ...(asked.replies_policy === undefined ? {} : { replies: asked.replies_policy }),
        ...(asked.exclusive === undefined ? {} : { exclusive: asked.exclusive }),
      }),
    );
  });
  rest.delete('/api/v1/lists/:id', WRITE, async (call) => {
    await call.run(deleteList, { actor: call.viewer, id: call.id() });
  });
  rest.get('/api/v1/lists/:id/accounts', READ, listed);
  rest.post('/api/v1/lists/:id/accounts', WRITE, (call) => change(call, 'add'));
  rest.delete('/api/v1/lists/:id/accounts', WRITE, (call) => change(call, 'remove'));
}

async function listed(call: Call<number>) {
  const page = call.page(ACCOUNTS);
  const rows = found(await call.query(listMembersOf, { viewer: call.viewer, id: call.id(), page }));
  return call.list(rows, page, (account) => toAccount(account, call.site));
}

async function change(call: Call<number>, how: 'add' | 'remove') {
  const { account_ids = [] } = await call.input(members);
  await call.run(changeListMembers, { actor: call.viewer, id: call.id(), [how]: account_ids });
}
