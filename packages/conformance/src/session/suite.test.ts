import { describe, expect, it } from 'vitest';
import { frozen, revived } from './plain.ts';
import { sessionSuite } from './suite.ts';

interface Counting {
  readonly count: number;
  readonly last?: string;
}

sessionSuite<Counting, string, string>(
  {
    name: 'a counter',
    step: ({ count }, input) => ({ state: { count: count + 1, last: input }, actions: [`${input} ${count + 1}`] }),
  },
  [
    {
      name: 'counts what it hears',
      start: { count: 0 },
      steps: [
        { input: 'a', actions: ['a 1'] },
        { input: 'b', actions: ['b 2'] },
      ],
    },
  ],
);

describe('a state that is not plain is found out', () => {
  it.each([
    ['a map', { seen: new Map() }],
    ['a date', { at: new Date(0) }],
    ['a function', { call: () => {} }],
    ['a big integer', { id: 1n }],
    ['NaN', { count: Number.NaN }],
    ['undefined in a list', { list: [undefined] }],
    ['bytes', { bytes: Uint8Array.of(1) }],
  ])('%s', (_name, state) => {
    expect(() => revived(state)).toThrow(/^state/);
  });

  it('and one that is plain comes back equal, without what is absent', () => {
    expect(revived({ a: [1, 'b', null, { c: true }], d: undefined })).toStrictEqual({ a: [1, 'b', null, { c: true }] });
  });

  it('a change of a frozen state throws', () => {
    const state = frozen({ list: [{ a: 1 }] });

    expect(() => state.list.push({ a: 2 })).toThrow(TypeError);
  });
});
