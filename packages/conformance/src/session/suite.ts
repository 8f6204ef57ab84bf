import { describe, expect, test } from 'vitest';
import type { Conversation, Machine } from './machine.ts';
import { frozen, revived } from './plain.ts';

/**
 * Holds a session to being a plain value: each conversation is led four times: straight; with the state stored and
 * revived between every two steps; with state and inputs that must not be changed; and with every step taken twice
 * from the same state. The actions must be those of the table each time.
 */
export function sessionSuite<State, Input, Action>(
  machine: Machine<State, Input, Action>,
  table: readonly Conversation<State, Input, Action>[],
): void {
  const twice = (state: State, input: Input) => {
    const first = machine.step(revived(state), input);
    expect(machine.step(revived(state), input)).toEqual(first);
    return first;
  };
  describe(`session suite: ${machine.name}`, () => {
    test('there are conversations to lead', () => {
      expect(table.flatMap(({ steps }) => steps).length).toBeGreaterThan(0);
      expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    });

    describe.each(table.map((conversation) => ({ ...conversation })))('$name', (conversation) => {
      test('led straight', () => {
        lead(machine, conversation, (state) => state);
      });

      test('stored and revived between every two steps', () => {
        lead(machine, conversation, revived);
      });

      test('without changing what it is given', () => {
        lead(machine, frozen(structuredClone(conversation)), frozen);
      });

      test('the same from the same state, however often', () => {
        lead({ name: machine.name, step: twice }, conversation, (state) => state);
      });
    });
  });
}

/** Leads a conversation, passing every state through `between` before it is used, and checks every step's actions. */
function lead<State, Input, Action>(
  machine: Machine<State, Input, Action>,
  { start, steps }: Conversation<State, Input, Action>,
  between: (state: State) => State,
): void {
  let state = start;
  for (const [index, { input, actions }] of steps.entries()) {
    const next = machine.step(between(state), input);
    expect(next.actions, `actions of step ${index + 1}`).toEqual(actions);
    state = next.state;
  }
  between(state);
}
