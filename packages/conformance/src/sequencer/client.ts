import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  type Appended,
  CarillonError,
  type Epoch,
  fromErrorValue,
  type IdempotencyKey,
  type NewEvent,
  type Position,
  type Sequencer,
} from '@carillon/core';
import { programArguments } from '../program.ts';
import { type Asked, onFrames, sendFrame, type Told } from './frames.ts';

/** What a follower does with the one log, in its order. */
export interface Followed {
  ordered(events: Extract<Told, { tell: 'ordered' }>): void;
  erased(positions: readonly Position[]): void;
  sealed(sealedMs: number): void;
}

type Settle = { resolve(appended: Appended): void; reject(error: Error): void };

/** A sequencer in another process, reached over a socket. */
export class SocketSequencer implements Sequencer {
  readonly epoch: Epoch;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Settle>();
  #followed: Followed | undefined;
  #asks = 0;

  private constructor(child: ChildProcess, socket: Socket, epoch: Epoch) {
    this.#child = child;
    this.#socket = socket;
    this.epoch = epoch;
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values())
        reject(new CarillonError('unavailable', 'the sequencer went away'));
      this.#waiting.clear();
    });
  }

  /** Starts the sequencer of a directory in a child process and connects to it. */
  static async start(directory: string): Promise<SocketSequencer> {
    const { child, port } = await startProcess(directory);
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true).on('error', () => socket.destroy());
    const hello = Promise.withResolvers<SocketSequencer>();
    let client: SocketSequencer | undefined;
    socket.once('close', () => hello.reject(new Error('the sequencer closed before it said hello')));
    onFrames<Told>(socket, (told) => {
      if (told.tell !== 'hello') {
        if (client) client.#hear(told);
        return;
      }
      client = new SocketSequencer(child, socket, told.epoch);
      hello.resolve(client);
    });
    return hello.promise;
  }

  append(events: readonly NewEvent[], key?: IdempotencyKey): Promise<Appended> {
    return this.#ask((ask) => ({ do: 'append', ask, events, ...(key ? { key } : {}) }));
  }

  async erase(positions: readonly Position[]): Promise<void> {
    await this.#ask((ask) => ({ do: 'erase', ask, positions }));
  }

  /** Hears everything after this position, and then what comes. */
  follow(after: Position, followed: Followed): void {
    this.#followed = followed;
    sendFrame(this.#socket, { do: 'follow', after });
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await ended;
  }

  #ask(make: (ask: number) => Asked): Promise<Appended> {
    if (this.#socket.destroyed) return Promise.reject(new CarillonError('unavailable', 'the sequencer went away'));
    const { promise, ...settle } = Promise.withResolvers<Appended>();
    this.#asks += 1;
    this.#waiting.set(this.#asks, settle);
    sendFrame(this.#socket, make(this.#asks));
    return promise;
  }

  #hear(told: Exclude<Told, { tell: 'hello' }>): void {
    switch (told.tell) {
      case 'answer':
        this.#settle(told.ask)?.resolve(told.appended);
        return;
      case 'refusal':
        this.#settle(told.ask)?.reject(fromErrorValue(told.error));
        return;
      case 'ordered':
        this.#followed?.ordered(told);
        return;
      case 'erased':
        this.#followed?.erased(told.positions);
        return;
      case 'sealed':
        this.#followed?.sealed(told.sealedMs);
    }
  }

  #settle(ask: number): Settle | undefined {
    const settle = this.#waiting.get(ask);
    this.#waiting.delete(ask);
    return settle;
  }
}

async function startProcess(directory: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const argv = [...programArguments(import.meta.url, './main'), directory];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: Promise<number> = once(child.stdout, 'data').then(([text]) => Number(String(text)));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the sequencer ended with ${code} before it listened`);
  });
  return { child, port: await Promise.race([said, ended]) };
}
