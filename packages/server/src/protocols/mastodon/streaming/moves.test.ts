import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Company, startCompany } from '../../../../test/mastodon/streaming-company.ts';
import { createChannel, follow, movePost, setAffiliation } from '../../../domain/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let company: Company;
beforeAll(async () => {
  company = await startCompany();
});
afterAll(() => company[Symbol.asyncDispose]());

describe('a post that moves', () => {
  it('changes where the same people see it, goes where they do not, and comes where they did not', async () => {
    const { run } = company;
    const [juliet, romeo, nurse] = await company.people('juliet', 'romeo', 'nurse');
    const group = async (slug: string, access: 'open' | 'whitelist') => {
      const made = { actor: juliet.id, slug, title: slug, description: '', access } as const;
      return (await run(createChannel, { ...made, defaultAffiliation: 'publisher' })).id;
    };
    const [square, market, crypt] = [
      await group('square', 'open'),
      await group('market', 'open'),
      await group('crypt', 'whitelist'),
    ];
    for (const target of [square, market]) await run(follow, { actor: romeo.id, target });
    const affiliation = 'publisher' as const;
    await run(setAffiliation, { actor: juliet.id, target: nurse.id, channel: crypt, affiliation });
    for (const target of [market, crypt]) await run(follow, { actor: nurse.id, target });
    using atHome = await company.open('user', romeo);
    using inTheKnow = await company.open('user', nurse);
    using outside = await company.open('public', romeo);
    const { id } = (await company.post(juliet.id, 'plot', { channel: square })).post;
    const moves = (channel: number, topic?: string) =>
      run(movePost, { actor: juliet.id, id, channel, mode: 'one', ...(topic === undefined ? {} : { topic }) });

    await moves(square, 'rumours');
    await moves(market);
    await moves(crypt);
    await moves(square);
    await company.post(juliet.id, 'last', { channel: market });
    for (const stream of [atHome, inTheKnow, outside]) {
      await stream.until(({ words }) => words.includes('update last'), 'the last');
    }

    const seen = ['update plot', 'status.update plot', `delete ${id}`, 'update plot', 'update last'];
    expect(atHome.words).toEqual(seen);
    expect(outside.words).toEqual(seen);
    // Where it went in the end is no channel of hers.
    expect(inTheKnow.words).toEqual(['status.update plot', `delete ${id}`, 'update plot', 'update last']);
  });
});
