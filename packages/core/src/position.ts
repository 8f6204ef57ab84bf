/** An event's place in the one order of the log: a safe integer, dense, from 1. 0 stands before the first event. */
export type Position = number;

/** Names the history that positions belong to: 8 characters of `[0-9a-z]`, new whenever history was lost. */
export type Epoch = string;

/** How far the log is durable and which millisecond is sealed (no later event can carry a stamp at or below it). */
export interface Head {
  readonly epoch: Epoch;
  readonly position: Position;
  readonly sealedMs: number;
}

export const BEFORE_FIRST: Position = 0;

export function isPosition(value: unknown): value is Position {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

const EPOCH_FORM = /^[0-9a-z]{8}$/;

export function isEpoch(value: string): value is Epoch {
  return EPOCH_FORM.test(value);
}
