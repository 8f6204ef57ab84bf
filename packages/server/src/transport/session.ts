/** What survives being written as JSON and read back, unchanged. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [name: string]: Plain | undefined };

/** What a step leads to: the state from now on, and what whoever runs the session must do, in order. */
export interface Step<State extends Plain, Action> {
  readonly state: State;
  readonly actions: readonly Action[];
}

/**
 * The conversation of one connection or queue (kernel K12): a plain value and a pure function. It holds no timer,
 * socket or clock; whatever a step needs to know of the world comes in the input. So a session can be stored after
 * any step and revived elsewhere, which WebSocket-over-HTTP does with every message.
 */
export interface SessionMachine<State extends Plain, Input, Action> {
  readonly name: string;
  step(state: State, input: Input): Step<State, Action>;
}
