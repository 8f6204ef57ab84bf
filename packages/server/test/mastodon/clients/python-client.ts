import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Ears, STREAMS, type StreamName } from './heard.ts';
import { codeFromPage } from './sign-in.ts';

const PROGRAM = join(import.meta.dirname, 'streams.py');
/** Debian's own Python, which Debian's packages are installed for. */
const PYTHON = '/usr/bin/python3';

export interface PythonStreams extends AsyncDisposable {
  readonly ears: Ears;
  /** Streams that greeted the client. */
  readonly ready: ReadonlySet<StreamName>;
  readonly acct: () => string | undefined;
}

interface Said {
  readonly kind: 'authorize' | 'signed-in' | 'ready' | 'heard' | 'problem';
  readonly url?: string;
  readonly acct?: string;
  readonly stream?: StreamName;
  readonly event?: string;
  readonly data?: string;
  readonly handled?: string | null;
  readonly text?: string;
}

/** Signs in and opens all streams with Mastodon.py, one event stream each. */
export function pythonStreams(
  url: string,
  who: { readonly name: string; readonly password: string },
  tag: string,
): PythonStreams {
  const ears = new Ears();
  const ready = new Set<StreamName>();
  const child = spawn(PYTHON, [PROGRAM, url, tag], { stdio: 'pipe' });
  let acct: string | undefined;
  let errors = '';
  let isClosed = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)));
  const ended = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      if (!isClosed) ears.fail(`Mastodon.py ended with ${code}: ${errors}`);
      resolve();
    });
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Written by our own program.
    const said = JSON.parse(line) as Said;
    if (said.kind === 'authorize') void signIn(said.url ?? '');
    else if (said.kind === 'signed-in') acct = said.acct;
    else if (said.kind === 'ready' && said.stream) ready.add(said.stream);
    else if (said.kind === 'problem') ears.fail(`Mastodon.py: ${said.text}`);
    else if (said.kind === 'heard' && said.stream) hear(said.stream, said);
  });

  async function signIn(authorizeUrl: string): Promise<void> {
    try {
      child.stdin.write(`${await codeFromPage(authorizeUrl, who.name, who.password)}\n`);
    } catch (error) {
      ears.fail(`the sign-in page refused Mastodon.py's user: ${String(error)}`);
    }
  }

  function hear(stream: StreamName, { event = '', data = '', handled }: Said): void {
    const payload: unknown = event.endsWith('delete') ? data : JSON.parse(data);
    const id = typeof payload === 'object' && payload !== null && 'id' in payload ? String(payload.id) : data;
    const expected = event === 'filters_changed' ? '' : id;
    if (handled !== expected) ears.fail(`Mastodon.py's callback for ${event} was given ${handled}, not ${expected}`);
    ears.hear(stream, { event, payload });
  }

  return {
    ears,
    ready,
    acct: () => acct,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      child.stdin.end('\n');
      child.kill();
      await ended;
    },
  };
}

export const ALL_READY = (ready: ReadonlySet<StreamName>): boolean => STREAMS.every((name) => ready.has(name));
