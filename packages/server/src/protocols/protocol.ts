import type { Hono } from 'hono';
import type { ProblemAt, StreamRoute } from '../transport/index.ts';

/** A protocol as a value: what the composition root mounts. */
export interface Protocol {
  readonly name: string;
  /** REST calls around the stream, mounted at `/`; thrown errors reach `onError` of the sub-app. */
  readonly rest?: Hono;
  /** Routes that take the bare socket. */
  readonly streams: readonly StreamRoute[];
  /** How errors sound that are found before or behind its routes, at the paths that are its own. */
  readonly problemAt?: ProblemAt;
  /** Ends what the protocol does by itself (chores); its connections are the transport's to end. */
  readonly close?: () => Promise<void>;
}
