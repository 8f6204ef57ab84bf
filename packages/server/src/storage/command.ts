import type { IdempotencyKey, NewEvent, Position } from '@carillon/core';
import type { Database } from './driver.ts';

/** What a command handler may use: it runs in the writer thread, inside a savepoint of the open batch. */
export interface CommandContext {
  readonly db: Database;
  /** The batch's stamp: milliseconds since 1970, never decreasing along the log. */
  readonly now: number;
  /** Adds an event to this commit and tells the position it gets; void again if the handler throws. */
  append(event: NewEvent): Position;
  /** A fresh time-sortable id, the same kind that events carry. */
  nextId(): number;
  /** Replaces the data of events by tombstones in this commit. */
  erase(positions: readonly Position[]): void;
  /** Replaces the data of every event that names this subject by a tombstone in this commit. */
  eraseSubject(subject: string): void;
  /** Removes events for good in this commit (the end of their topic's life, not erasure of data). */
  remove(positions: readonly Position[]): void;
  /**
   * Keeps this under the command's idempotency key in place of its result: a result that holds what may have to be
   * erased would outlive the erasure there.
   */
  answerRepeatsWith(result: unknown): void;
}

/**
 * One command: state change and events out, together or not at all. A throw undoes only this command.
 * Everything slow (hashing, rendering, network) has happened before. A handler may wait for its database, and for
 * nothing else: the commit waits with it.
 */
export type CommandHandler<Input, Result> = (context: CommandContext, input: Input) => Result | Promise<Result>;

export type CommandHandlers = Readonly<Record<string, CommandHandler<never, unknown>>>;

/** A read in a reader thread, from one snapshot. */
export type QueryHandler<Input, Rows> = (db: Database, input: Input) => Rows | Promise<Rows>;

export type QueryHandlers = Readonly<Record<string, QueryHandler<never, unknown>>>;

export interface CommandAnswer<Result> {
  readonly result: Result;
  /** Positions of the command's events, in order. */
  readonly positions: readonly Position[];
  /** True when the idempotency key was known: nothing happened now, this is the first answer. */
  readonly duplicate: boolean;
}

export interface QueryAnswer<Rows> {
  readonly rows: Rows;
  /** The durable end of the snapshot that the rows are from. */
  readonly position: Position;
}

/** Names a command or query with the types of its input and answer, shared by both threads. */
export interface Message<Input, Output> {
  readonly name: string;
  readonly input?: Input;
  readonly output?: Output;
}

/** How the main thread reaches state: it never calls the database itself. */
export interface Commands {
  /** Resolves after the commit is on stable storage. Input and result must survive structured cloning. */
  run<Input, Result>(
    command: Message<Input, Result>,
    input: Input,
    idempotency?: IdempotencyKey,
  ): Promise<CommandAnswer<Result>>;
  query<Input, Rows>(query: Message<Input, Rows>, input: Input): Promise<QueryAnswer<Rows>>;
}
