import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDrafts,
  createSnippet,
  deleteAccount,
  deleteDraft,
  deleteSnippet,
  draftsOf,
  editDraft,
  editSnippet,
  type NewDraft,
  setUserStatus,
  snippetsOf,
  suspendAccount,
  userStatuses,
  userStatusOf,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';
import { MAX_DRAFTS, MAX_SNIPPETS } from './messages.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = () => domain.account(`writer${++count}`);
const notFound = { code: 'not-found' };
const unprocessable = { code: 'unprocessable' };
const draft = (text: string, options: Partial<NewDraft> = {}): NewDraft => ({
  to: { kind: 'none' },
  topic: '',
  text,
  ...options,
});
const remove = (account: number) => ({
  input: { account },
  entry: { actor: 'test', action: 'accounts.delete', target: 'test' },
});

/** Which of an account's events still have their data. */
async function readable(account: number, prefix: string) {
  const page = await domain.log.read({
    topics: [
      { topic: `account:${account}`, since: 0 },
      { topic: 'community', since: 0 },
    ],
    after: 0,
    limit: 5_000,
    maxBytes: 50_000_000,
  });
  if (page.kind === 'gap') throw new Error('events are missing');
  return page.events.filter(({ type, erased }) => type.startsWith(prefix) && !erased).map(({ type }) => type);
}

describe('drafts', () => {
  it('are made several at once, edited and deleted by their account alone, and erased with it', async () => {
    const [juliet, romeo] = [await person(), await person()];
    const since = domain.heard.length;
    const [one, two, three] = await domain.run(createDrafts, {
      actor: juliet.id,
      drafts: [
        draft('to nobody yet', { editedAt: 3_000 }),
        draft('to you', { to: { kind: 'direct', accounts: [romeo.id, juliet.id] }, editedAt: 1_000 }),
        draft('to all', { to: { kind: 'channel', channel: 77 }, topic: 'balcony', editedAt: 2_000 }),
      ],
    });
    if (!one || !two || !three) throw new Error('three drafts were made');
    expect(one).toEqual({
      ...{ id: one.id, account: juliet.id, to: { kind: 'none' }, topic: '', text: 'to nobody yet', editedAt: 3_000 },
    });
    expect(await domain.ask(draftsOf, { viewer: juliet.id })).toEqual([two, three, one]);
    expect(await domain.ask(draftsOf, { viewer: romeo.id })).toEqual([]);

    const edited = await domain.run(editDraft, { actor: juliet.id, id: two.id, draft: draft('changed') });
    expect(edited).toMatchObject({ id: two.id, to: { kind: 'none' }, text: 'changed' });
    expect(edited.editedAt).toBeGreaterThan(1_600_000_000_000);
    const others = { actor: romeo.id, id: three.id };
    await expect(domain.run(editDraft, { ...others, draft: draft('mine') })).rejects.toMatchObject(notFound);
    await expect(domain.run(deleteDraft, others)).rejects.toMatchObject(notFound);
    await domain.run(deleteDraft, { actor: juliet.id, id: two.id });

    expect(await domain.ask(draftsOf, { viewer: juliet.id })).toEqual([three, one]);
    expect(domain.since(since)).toEqual([
      ...[one, two, three].map((each) => ({
        type: 'draft.added',
        topics: [`account:${juliet.id}`],
        data: { draft: each },
      })),
      { type: 'draft.updated', topics: [`account:${juliet.id}`], data: { draft: edited } },
      { type: 'draft.removed', topics: [`account:${juliet.id}`], data: { account: juliet.id, draft: two.id } },
    ]);
    expect(await readable(juliet.id, 'draft.')).toEqual(['draft.added', 'draft.added', 'draft.removed']);
    await domain.run(deleteAccount, remove(juliet.id));
    expect(await domain.ask(draftsOf, { viewer: juliet.id })).toEqual([]);
    expect(await readable(juliet.id, 'draft.added')).toEqual([]);
  });

  it.each([
    ['no text', draft(' \n')],
    ['too long a text', draft('x'.repeat(100_001))],
    ['too long a topic', draft('x', { topic: 't'.repeat(201) })],
    ['a time before all time', draft('x', { editedAt: -1 })],
    ['no time', draft('x', { editedAt: Number.NaN })],
    [
      'too many to write to',
      draft('x', { to: { kind: 'direct', accounts: Array.from({ length: 65 }, (_, at) => at) } }),
    ],
  ])('with %s are refused, and so are all that are made with them', async (_, wrong) => {
    const juliet = await person();
    const made = domain.run(createDrafts, { actor: juliet.id, drafts: [draft('fine'), wrong] });

    await expect(made).rejects.toMatchObject(unprocessable);
    expect(await domain.ask(draftsOf, { viewer: juliet.id })).toEqual([]);
  });

  it('are bounded in number', async () => {
    const juliet = await person();
    const many = Array.from({ length: MAX_DRAFTS }, (_, at) => draft(`${at}`));
    await domain.run(createDrafts, { actor: juliet.id, drafts: many });

    const more = domain.run(createDrafts, { actor: juliet.id, drafts: [draft('more')] });

    await expect(more).rejects.toMatchObject(unprocessable);
  });
});

describe('saved snippets', () => {
  it('are kept, changed and deleted by their account alone, and told to it', async () => {
    const [juliet, romeo] = [await person(), await person()];
    const since = domain.heard.length;
    const first = await domain.run(createSnippet, { actor: juliet.id, title: 'farewell', text: 'Good night!' });
    const second = await domain.run(createSnippet, { actor: juliet.id, title: 'greeting', text: 'Ay me.' });
    expect(await domain.ask(snippetsOf, { viewer: juliet.id })).toEqual([first, second]);
    expect(await domain.ask(snippetsOf, { viewer: romeo.id })).toEqual([]);

    const renamed = await domain.run(editSnippet, { actor: juliet.id, id: first.id, title: 'parting' });
    expect(renamed).toEqual({ ...first, title: 'parting' });
    const others = { actor: romeo.id, id: first.id };
    await expect(domain.run(editSnippet, { ...others, text: 'mine' })).rejects.toMatchObject(notFound);
    await expect(domain.run(deleteSnippet, others)).rejects.toMatchObject(notFound);
    await domain.run(deleteSnippet, { actor: juliet.id, id: first.id });

    expect(await domain.ask(snippetsOf, { viewer: juliet.id })).toEqual([second]);
    const topics = [`account:${juliet.id}`];
    expect(domain.since(since)).toEqual([
      { type: 'snippet.added', topics, data: { snippet: first } },
      { type: 'snippet.added', topics, data: { snippet: second } },
      { type: 'snippet.updated', topics, data: { snippet: renamed } },
      { type: 'snippet.removed', topics, data: { account: juliet.id, snippet: first.id } },
    ]);
    expect(await readable(juliet.id, 'snippet.')).toEqual(['snippet.added', 'snippet.removed']);
  });

  it.each([
    ['without a title', { title: ' ', text: 'x' }],
    ['with too long a title', { title: 'x'.repeat(61), text: 'x' }],
    ['without a text', { title: 'x', text: '' }],
    ['with too long a text', { title: 'x', text: 'x'.repeat(100_001) }],
  ])('%s are refused', async (_, wrong) => {
    const juliet = await person();
    const good = await domain.run(createSnippet, { actor: juliet.id, title: 'good', text: 'good' });

    await expect(domain.run(createSnippet, { actor: juliet.id, ...wrong })).rejects.toMatchObject(unprocessable);
    const edit = domain.run(editSnippet, { actor: juliet.id, id: good.id, ...wrong });
    await expect(edit).rejects.toMatchObject(unprocessable);
    expect(await domain.ask(snippetsOf, { viewer: juliet.id })).toEqual([good]);
  });

  it('are bounded in number', async () => {
    const juliet = await person();
    const snippet = { actor: juliet.id, title: 'x', text: 'x' };
    await Promise.all(Array.from({ length: MAX_SNIPPETS }, () => domain.run(createSnippet, snippet)));

    await expect(domain.run(createSnippet, snippet)).rejects.toMatchObject(unprocessable);
  });
});

describe('what an account says that it is doing', () => {
  it('is told to the community, changed in parts, cleared by nothing, and only the newest can be read', async () => {
    const juliet = await person();
    const since = domain.heard.length;
    const set = (change: object) => domain.run(setUserStatus, { actor: juliet.id, ...change });
    const mine = () => domain.ask(userStatusOf, { account: juliet.id });
    const none = { account: juliet.id, text: '', emoji: null, away: false };

    expect(await mine()).toMatchObject(none);
    expect(await set({ text: ' on the balcony ', emoji: '🌙' })).toMatchObject({ text: 'on the balcony', emoji: '🌙' });
    expect(await set({ away: true })).toMatchObject({ text: 'on the balcony', emoji: '🌙', away: true });
    expect(await set({ text: 'on the balcony', away: true })).toEqual(await mine());
    expect((await domain.ask(userStatuses, {})).filter(({ account }) => account === juliet.id)).toEqual([await mine()]);
    expect(await set({ text: '', emoji: null, away: false })).toMatchObject(none);

    expect(await domain.ask(userStatuses, {})).toEqual([]);
    const told = domain.since(since);
    expect(told.map(({ type, topics }) => [type, topics])).toEqual(
      Array.from({ length: 3 }, () => ['status.changed', ['community']]),
    );
    expect(told.at(-1)?.data).toMatchObject({ status: none });
    expect(await readable(juliet.id, 'status.')).toEqual(['status.changed']);
  });

  it.each([
    ['too long', { text: '🌹'.repeat(61) }],
    ['an emoji that is none', { emoji: '' }],
    ['an emoji beyond measure', { emoji: 'x'.repeat(101) }],
  ])('is refused when it is %s', async (_, wrong) => {
    const juliet = await person();

    await expect(domain.run(setUserStatus, { actor: juliet.id, ...wrong })).rejects.toMatchObject(unprocessable);
    expect(await domain.run(setUserStatus, { actor: juliet.id, text: '🌹'.repeat(60) })).toMatchObject({ emoji: null });
  });

  it('is not told of those who are suspended, and goes with its account', async () => {
    await using open = await openDomain();
    const [juliet, romeo] = await open.accounts('juliet', 'romeo');
    for (const { id } of [juliet, romeo]) await open.run(setUserStatus, { actor: id, text: 'in love' });
    await open.run(suspendAccount, remove(juliet.id));
    expect((await open.ask(userStatuses, {})).map(({ account }) => account)).toEqual([romeo.id]);

    await open.run(deleteAccount, remove(romeo.id));

    expect(await open.ask(userStatuses, {})).toEqual([]);
    expect(await open.ask(userStatusOf, { account: romeo.id })).toMatchObject({ text: '' });
    const refused = open.run(setUserStatus, { actor: juliet.id, text: 'still here' });
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
