import { describe, expect, it } from 'vitest';
import type { FilterMatch } from '../../../view/index.ts';
import { toFilterResult } from '../entities/index.ts';
import { openFiltered } from './filtered.ts';
import { quoteJson, SSE, socketWire } from './wire.ts';

const FILTER: FilterMatch['filter'] = {
  id: 7,
  title: 'a "quoted" title',
  contexts: [],
  action: 'warn',
  expiresAt: null,
};
const OTHER = { ...FILTER, id: 8, title: 'ünder' };

/** A status that says itself what a frame ends with, of so many bytes. */
const statusOf = (length: number, filtered: readonly object[]) =>
  JSON.stringify({ content: '[]}'.repeat(length / 3), reblog: null, filtered });

describe.each([
  ['an event stream', SSE],
  ['a socket', socketWire(quoteJson('["public"]'))],
])('what filters found, on %s', (_, wire) => {
  it.each([
    ['one keyword', [{ filter: FILTER, keywords: ['love'], posts: [] }]],
    ['the same filter with another keyword', [{ filter: FILTER, keywords: ['hate'], posts: [] }]],
    ['several keywords', [{ filter: FILTER, keywords: ['love', 'hate'], posts: [] }]],
    ['a post', [{ filter: FILTER, keywords: [], posts: [5] }]],
    ['several filters', [FILTER, OTHER].map((filter) => ({ filter, keywords: ['lové'], posts: [] }))],
  ])('is put into the frame of all as if it had been made anew: %s', (__, matches: readonly FilterMatch[]) => {
    for (const length of [0, 30, 3_000, 65_400, 70_000]) {
      for (const id of ['17-epoch', undefined]) {
        const frameOf = (found: readonly object[]) => wire.frame('update', wire.quote(statusOf(length, found)), id);
        const around = openFiltered(frameOf([]), wire);

        for (const time of ['first', 'again']) {
          expect(Buffer.concat(around(matches)).equals(frameOf(matches.map(toFilterResult))), time).toBe(true);
        }
      }
    }
  });

  it('is not put into a frame that has no place for it', () => {
    expect(() => openFiltered(Buffer.from('event: delete\ndata: 5\n\n'), wire)).toThrow('does not say');
  });
});
