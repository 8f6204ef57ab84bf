import { CarillonError, type ErrorFacts } from '@carillon/core';

/** Why a credential does not count: for the operator's log, never for whoever presented it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** The one answer to every credential that does not count, so that it tells nothing about which part was wrong. */
export function unauthorized(facts: ErrorFacts = {}): CarillonError {
  return new CarillonError('unauthorized', 'this needs a valid credential', { facts });
}
