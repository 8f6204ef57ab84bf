import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversationsOf, deleteConversation, deletePost, editPost, readConversation, readEvent } from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const PAGE = { limit: 20 };
const list = (viewer: number, page = PAGE) => domain.ask(conversationsOf, { viewer, page });
const told = (since: number) =>
  domain.heard.slice(since).flatMap((event) => {
    const conversation = readEvent(event, 'conversation.updated')?.conversation;
    return conversation ? [{ topics: event.topics, conversation }] : [];
  });

test('a conversation follows its thread: one for each participant, unread for the others', async () => {
  const [juliet, romeo, nurse] = await domain.accounts('juliet', 'romeo', 'nurse');
  let before = domain.heard.length;
  const first = await domain.post(juliet.id, 'art thou there', {
    visibility: 'direct',
    mentions: [romeo.id, nurse.id],
  });

  const begun = told(before);
  expect(begun.map(({ topics, conversation }) => [topics, conversation.account, conversation.unread])).toEqual(
    [juliet, romeo, nurse].map(({ id }) => [[`account:${id}`], id, id !== juliet.id]),
  );
  const others = begun.map(({ conversation }) => conversation.others.map(({ name }) => name).toSorted());
  expect(others).toEqual([
    ['nurse', 'romeo'],
    ['juliet', 'nurse'],
    ['juliet', 'romeo'],
  ]);

  const second = await domain.post(romeo.id, 'I am', {
    visibility: 'direct',
    mentions: [juliet.id, nurse.id],
    replyTo: first.post.id,
  });
  const [mine, ...more] = await list(juliet.id);
  expect(more).toEqual([]);
  expect(mine).toMatchObject({
    cursor: second.post.id,
    item: { unread: true, lastPost: { post: { id: second.post.id }, flags: { favourited: false } } },
  });
  const id = mine?.item.id ?? 0;

  before = domain.heard.length;
  const read = await domain.run(readConversation, { actor: juliet.id, id });
  expect(read).toEqual({ ...mine?.item, unread: false });
  expect(told(before)).toEqual([{ topics: [`account:${juliet.id}`], conversation: read }]);
  await domain.run(readConversation, { actor: juliet.id, id });
  expect(told(before)).toHaveLength(1);

  before = domain.heard.length;
  await domain.run(editPost, {
    actor: romeo.id,
    id: second.post.id,
    body: plainBody('I am here', { mentions: [juliet.id, nurse.id] }),
  });
  const edited = told(before).map(({ conversation }) => [
    conversation.account,
    conversation.unread,
    conversation.lastPost?.post.text,
  ]);
  expect(new Set(edited.map(String))).toEqual(
    new Set([`${juliet.id},false,I am here`, `${nurse.id},true,I am here`, `${romeo.id},false,I am here`]),
  );

  before = domain.heard.length;
  await domain.run(deletePost, { actor: romeo.id, id: second.post.id });
  expect(told(before).map(({ conversation }) => conversation.lastPost?.post.id)).toEqual(
    Array.from({ length: 3 }, () => first.post.id),
  );
  await domain.run(deletePost, { actor: juliet.id, id: first.post.id });
  expect(await list(juliet.id)).toEqual([]);
});

test('conversations are paged by their last posts, and belong to one account', async () => {
  const [paris, tybalt, benvolio] = await domain.accounts('paris', 'tybalt', 'benvolio');
  const direct = { visibility: 'direct', mentions: [paris.id] } as const;
  const a = await domain.post(tybalt.id, 'one', direct);
  const b = await domain.post(benvolio.id, 'two', direct);
  const c = await domain.post(tybalt.id, 'three', { ...direct, replyTo: a.post.id });
  const cursors = async (page: object) => (await list(paris.id, { limit: 20, ...page })).map(({ cursor }) => cursor);

  expect(await cursors({})).toEqual([c.post.id, b.post.id]);
  expect(await cursors({ limit: 1 })).toEqual([c.post.id]);
  expect(await cursors({ maxId: c.post.id })).toEqual([b.post.id]);
  expect(await cursors({ minId: b.post.id })).toEqual([c.post.id]);

  const [newest] = await list(paris.id);
  const id = newest?.item.id ?? 0;
  for (const message of [readConversation, deleteConversation]) {
    await expect(domain.run(message, { actor: tybalt.id, id })).rejects.toMatchObject({ code: 'not-found' });
  }
  await domain.run(deleteConversation, { actor: paris.id, id });
  expect(await cursors({})).toEqual([b.post.id]);
  const d = await domain.post(tybalt.id, 'four', { ...direct, replyTo: c.post.id });
  expect(await cursors({})).toEqual([d.post.id, b.post.id]);
});
