/** A session as the suite sees it: a pure function from a plain state and an input to the next state and actions. */
export interface Machine<State, Input, Action> {
  readonly name: string;
  step(state: State, input: Input): { readonly state: State; readonly actions: readonly Action[] };
}

/** One conversation: where it starts, and what each input must lead to. */
export interface Conversation<State, Input, Action> {
  readonly name: string;
  readonly start: State;
  readonly steps: readonly ConversationStep<Input, Action>[];
}

export interface ConversationStep<Input, Action> {
  readonly input: Input;
  /** All of them, in order. */
  readonly actions: readonly Action[];
}
