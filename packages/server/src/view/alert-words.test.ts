import { expect, it, test } from 'vitest';
import { addAlertWords, alertWordsOf, deleteAccount, removeAlertWords } from '../domain/index.ts';
import { openDomain } from '../domain/testing/open-domain.ts';
import { createAlertMatcher, createViews } from './index.ts';
import { postEvent } from './testing/post-event.ts';
import { newIndexes, viewOf } from './testing/view-of.ts';

test('words are added and removed whatever their case, told whole, and bounded', async () => {
  await using domain = await openDomain();
  const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
  const since = domain.heard.length;
  const add = (...words: readonly string[]) => domain.run(addAlertWords, { actor: juliet.id, words });
  const remove = (...words: readonly string[]) => domain.run(removeAlertWords, { actor: juliet.id, words });

  expect(await add(' Rose ', 'name', '', ' ')).toEqual(['name', 'Rose']);
  expect(await add('ROSE', 'name')).toEqual(['name', 'Rose']);
  expect(await remove('rOSE', 'thorn')).toEqual(['name']);
  expect(await remove('thorn')).toEqual(['name']);
  expect(await domain.ask(alertWordsOf, { viewer: juliet.id })).toEqual(['name']);
  expect(await domain.ask(alertWordsOf, { viewer: romeo.id })).toEqual([]);
  const topics = [`account:${juliet.id}`];
  const [first, last] = [['name', 'Rose'], ['name']].map((words) => ({ account: juliet.id, words }));
  expect(domain.since(since)).toEqual([
    { type: 'alert-words.changed', topics, data: first },
    { type: 'alert-words.changed', topics, data: last },
  ]);

  await expect(add('x'.repeat(101))).rejects.toMatchObject({ code: 'unprocessable' });
  const many = Array.from({ length: 500 }, (_, at) => `word ${at}`);
  await expect(add(...many)).rejects.toMatchObject({ code: 'unprocessable' });
  expect(await add(...many.slice(1))).toHaveLength(500);
  const entry = { actor: 'test', action: 'accounts.delete', target: 'juliet' };
  await domain.run(deleteAccount, { input: { account: juliet.id }, entry });
  expect(await domain.ask(alertWordsOf, { viewer: juliet.id })).toEqual([]);
});

test('views know the words from the event of their change on', async () => {
  await using domain = await openDomain();
  const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
  await domain.run(addAlertWords, { actor: juliet.id, words: ['Rose'] });
  const failures: unknown[] = [];
  const failed = (error: unknown) => failures.push(error);
  const views = createViews({ log: domain.log, commands: domain.log, now: Date.now, failed });
  using hers = await views.open(juliet.id);
  using his = await views.open(romeo.id);
  const found = (text: string) => {
    const event = postEvent({ text });
    const alerting = [...views.alerting(event)].map(([{ account }, words]) => [account, words]);
    expect(hers.view.alertMatches(event)).toEqual(new Map(alerting as [number, string[]][]).get(juliet.id) ?? []);
    return alerting;
  };

  expect(found('a rose, by any other name')).toEqual([[juliet.id, ['Rose']]]);
  expect(found('primroses')).toEqual([]);
  await domain.run(addAlertWords, { actor: romeo.id, words: ['name', 'rose'] });
  expect(found('a ROSE, by any other name')).toEqual([
    [juliet.id, ['Rose']],
    [romeo.id, ['name', 'rose']],
  ]);
  await domain.run(removeAlertWords, { actor: juliet.id, words: ['rose'] });
  expect(found('a rose')).toEqual([[romeo.id, ['rose']]]);
  expect(his.view.alertMatches(postEvent({ text: 'no other' }))).toEqual([]);
  expect(failures).toEqual([]);
  views.close();
});

it.each([
  ['a post', postEvent({ text: 'the nightingale' }), ['Nightingale']],
  ['a warning', postEvent({ text: 'x', warning: 'Nightingale!' }), ['Nightingale']],
  ['a share', postEvent({ type: 'share.created', shared: { id: 4, text: 'nightingale' } }), ['Nightingale']],
  ['a part of a word', postEvent({ text: 'nightingales' }), []],
  ['an edit', postEvent({ type: 'post.edited', text: 'not the lark, the nightingale' }), ['Nightingale', 'the lark']],
  ['a reaction', postEvent({ type: 'reaction.added', text: 'nightingale' }), []],
])('finds words in %s, and leaves nothing in the index', (_, event, expected) => {
  const indexes = newIndexes();
  const view = viewOf(1, { alertWords: ['Nightingale', 'the lark'] }, indexes);
  viewOf(2, { alertWords: ['raven'] }, indexes);

  expect(view.alertWords).toEqual(['Nightingale', 'the lark']);
  expect([...indexes.alerts.alerting(event)]).toEqual(expected.length > 0 ? [[view, expected]] : []);
  view.leaveIndexes();
  expect([...indexes.alerts.alerting(event)]).toEqual([]);
});

it('finds the same in a post that is shown', async () => {
  await using domain = await openDomain();
  const [juliet] = await domain.accounts('juliet');
  const { post } = await domain.post(juliet.id, 'It was the Lark', { warning: 'dawn' });

  expect(createAlertMatcher(['lark', 'Dawn', 'larks'])(post)).toEqual(['lark', 'Dawn']);
  expect(createAlertMatcher([])(post)).toEqual([]);
});
