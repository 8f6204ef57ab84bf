import { formatToken } from '@carillon/core';
import type { AccountView } from '../../src/domain/index.ts';
import type { OpenDomain } from '../../src/domain/testing/open-domain.ts';
import { MastodonStream } from './streaming-clients.ts';
import { type StreamingOptions, type StreamingServer, startStreaming } from './streaming-harness.ts';

export interface Person extends AccountView {
  readonly token: string;
}

/** A server with people on it. */
export interface Company extends AsyncDisposable {
  readonly server: StreamingServer;
  readonly run: OpenDomain['run'];
  readonly post: OpenDomain['post'];
  /** New accounts with names of their own, so that tests do not meet. */
  people<const Names extends readonly string[]>(...names: Names): Promise<{ readonly [Index in keyof Names]: Person }>;
  /** An open event stream. */
  open(path: string, person: Person, headers?: Readonly<Record<string, string>>): Promise<MastodonStream>;
  /** The token of the log's end. */
  here(): string;
}

/** Ends with an error when something was reported as a bug. */
export async function startCompany(options: StreamingOptions = {}): Promise<Company> {
  const server = await startStreaming(options);
  let count = 0;
  return {
    server,
    run: (message, input) => server.domain.run(message, input),
    post: (actor, text, more) => server.domain.post(actor, text, more),
    async people(...names) {
      const made: Person[] = [];
      for (const name of names) {
        const account = await server.domain.account(`${name}${++count}`);
        made.push({ ...account, token: await server.token(account.id) });
      }
      // One for each name, in their order.
      return made as unknown as { readonly [Index in keyof typeof names]: Person };
    },
    async open(path, { token }, headers = {}) {
      const stream = new MastodonStream(server.url, path, token, headers);
      await stream.until(({ greeted }) => greeted, 'a greeting');
      return stream;
    },
    here: () => formatToken(server.domain.log.head),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (server.failures.length > 0) throw new AggregateError(server.failures, 'the server reported bugs');
    },
  };
}
