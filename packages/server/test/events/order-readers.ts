import { until } from '@carillon/conformance';
import { DEADLINE_MS } from './deadline.ts';
import { ask } from './requests.ts';
import { RawStream } from './sse-client.ts';
import { WsClient } from './ws-client.ts';

/** A client of one topic that comes and goes, and remembers where it was as its transport tells it to. */
export interface OrderReader {
  /** Data of every event heard, over all its connections. */
  readonly heard: readonly unknown[];
  /** Resolves once the server has it as a reader, or refused it: then `false`. */
  connect(): Promise<boolean>;
  /** Goes at once, whatever is on its way. */
  disconnect(): void;
  /** Whether the server has ended the connection. */
  readonly ended: boolean;
}

export type OpenReader = (url: string, topic: string, token: string) => OrderReader;

export const READERS: Readonly<Record<string, OpenReader>> = { sse, socket, poll };

function sse(url: string, topic: string, token: string): OrderReader {
  const before: unknown[] = [];
  let last: string | undefined;
  let stream: RawStream | undefined;
  const now = () => stream?.messages.map(({ data }) => JSON.parse(data ?? '').data) ?? [];
  return {
    get heard() {
      return [...before, ...now()];
    },
    get ended() {
      return stream?.ended ?? true;
    },
    async connect() {
      const headers = { Authorization: `Bearer ${token}`, ...(last === undefined ? {} : { 'Last-Event-ID': last }) };
      stream = new RawStream(url, `/v1/events?topic=${topic}`, headers);
      await stream.until(({ lastId, status }) => lastId !== undefined || status > 200, 'the start');
      return stream.status === 200;
    },
    disconnect() {
      before.push(...now());
      last = stream?.lastId ?? last;
      stream?.[Symbol.dispose]();
      stream = undefined;
    },
  };
}

function socket(url: string, topic: string, token: string): OrderReader {
  const before: unknown[] = [];
  let last: unknown;
  let client: WsClient | undefined;
  return {
    get heard() {
      return [...before, ...(client?.data ?? [])];
    },
    get ended() {
      return client === undefined || client.code !== undefined;
    },
    async connect() {
      client = new WsClient(url, token);
      await client.until(({ open, status }) => open || status !== undefined, 'the handshake');
      if (!client.open) return false;
      const answer = await client.ask({ type: 'subscribe', topics: [topic], since: last });
      last ??= answer.position;
      return answer.type === 'subscribed';
    },
    disconnect() {
      before.push(...(client?.data ?? []));
      const event = client?.of('event').at(-1)?.event;
      if (typeof event === 'object' && event !== null && 'position' in event) last = event.position;
      client?.[Symbol.dispose]();
      client = undefined;
    },
  };
}

function poll(url: string, topic: string, token: string): OrderReader {
  const heard: unknown[] = [];
  let last: string | undefined;
  let run = { on: false, ended: true };

  async function once(mine: typeof run, wait: number): Promise<boolean> {
    const since = last === undefined ? '' : `&since=${last}`;
    const address = `${url}/v1/events?topic=${topic}&wait=${wait}${since}`;
    const answer = await ask(address, { token, headers: { accept: 'application/json' } });
    if (!mine.on) return false;
    if (answer.status !== 200 || !Array.isArray(answer.body)) {
      mine.ended = true;
      return false;
    }
    heard.push(...answer.body.map(({ data }: { data: unknown }) => data));
    last = String(answer.headers['carillon-position']);
    return true;
  }

  async function follow(mine: typeof run): Promise<void> {
    let goesOn = true;
    while (goesOn) goesOn = await once(mine, 10).catch(() => false);
  }

  return {
    heard,
    get ended() {
      return run.ended;
    },
    async connect() {
      const mine = { on: true, ended: false };
      run = mine;
      if (!(await once(mine, 0))) return false;
      void follow(mine);
      return true;
    },
    disconnect() {
      run.on = false;
      run.ended = true;
    },
  };
}

export async function untilHeard(reader: OrderReader, count: number, what: string): Promise<void> {
  await until(() => reader.heard.length >= count, `${what}: ${count} events, not ${reader.heard.length}`, DEADLINE_MS);
}
