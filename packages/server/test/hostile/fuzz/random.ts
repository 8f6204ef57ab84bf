import { seeded } from '../../../src/transport/testing/mutator.ts';

/** Random choices that a seed repeats. */
export interface Random {
  readonly fraction: () => number;
  below(limit: number): number;
  chance(probability: number): boolean;
  of<Item>(items: readonly Item[]): Item;
}

export function createRandom(seed: number): Random {
  const fraction = seeded(seed);
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    of(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to choose from');
      return item;
    },
  };
}
