import { CarillonError, type ErrorFacts, type Head } from '@carillon/core';
import { problem } from '../../../transport/index.ts';
import { type Headers, offsetAt, SECURITY_HEADERS } from './headers.ts';

export interface Failure {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Facts of the domain that this protocol says in headers (Durable Streams §5.2, §5.2.1). */
const FACT_HEADERS: Readonly<Record<string, string>> = {
  closed: 'stream-closed',
  offset: 'stream-next-offset',
  currentEpoch: 'producer-epoch',
  expectedSeq: 'producer-expected-seq',
  receivedSeq: 'producer-received-seq',
};

/** An error as this protocol answers it: a problem with the headers that its clients look at. */
export function failure(error: unknown, head: Head): Failure {
  const shown = error instanceof CarillonError ? withOffset(error, head) : error;
  const { status, headers, body } = problem(shown);
  const facts: ErrorFacts = shown instanceof CarillonError ? shown.facts : {};
  const said = Object.entries(FACT_HEADERS).flatMap(([fact, header]) =>
    facts[fact] === undefined ? [] : [[header, String(facts[fact])] as const],
  );
  return { status, headers: { ...SECURITY_HEADERS, ...headers, ...Object.fromEntries(said) }, body };
}

/** A tail is a position inside and an offset outside. */
function withOffset(error: CarillonError, head: Head): CarillonError {
  const { tail, ...facts } = error.facts;
  if (typeof tail !== 'number') return error;
  return new CarillonError(error.code, error.message, {
    facts: { ...facts, offset: offsetAt(tail, head) },
    cause: error,
  });
}
