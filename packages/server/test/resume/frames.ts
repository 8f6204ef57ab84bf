import type { Recording } from './recording-proxy.ts';

/** One connection as the wire shows it: where the client said it was, and every event frame it was handed. */
export interface Session {
  /** The position the client presented, if any. */
  readonly since: string | undefined;
  readonly events: readonly { readonly position: string; readonly n: number }[];
  /** The newest position the server handed out here, by an event or by a block that carries only a position. */
  readonly last: string | undefined;
  readonly gaps: number;
}

interface Data {
  readonly position: string;
  readonly data: { readonly n: number };
}

/** Event-stream connections; the client presents its position as `Last-Event-ID`. */
export function sseSessions(recordings: readonly Recording[]): readonly Session[] {
  return recordings.flatMap((recording) => {
    const since = /^last-event-id: *(\S+)/im.exec(headOf(recording.asked()))?.[1];
    const answer = recording.answered().toString('utf8');
    const start = answer.indexOf('\r\n\r\n');
    if (start < 0 || !answer.startsWith('HTTP/1.1 200')) return [];
    // A block that was cut has no blank line behind it and does not count.
    const blocks = answer
      .slice(start + 4)
      .split('\n\n')
      .slice(0, -1);
    const field = (block: string, name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
    const events = blocks.flatMap((block) => {
      const [position, data] = [field(block, 'id'), field(block, 'data')];
      if (field(block, 'event') !== undefined || position === undefined || data === undefined) return [];
      return [{ position, n: (JSON.parse(data) as Data).data.n }];
    });
    const ids = blocks.flatMap((block) => field(block, 'id') ?? []);
    return [
      { since, events, last: ids.at(-1), gaps: blocks.filter((block) => field(block, 'event') === 'gap').length },
    ];
  });
}

/** WebSocket connections; the client presents its position in its `subscribe` message. */
export function socketSessions(recordings: readonly Recording[]): readonly Session[] {
  return recordings.flatMap((recording) => {
    const asked = textMessages(recording.asked()).map((text) => JSON.parse(text) as { type: string; since?: string });
    const told = textMessages(recording.answered()).map(
      (text) => JSON.parse(text) as { type: string; position?: string; recovered?: boolean; event?: Data },
    );
    if (told.length === 0) return [];
    const events = told.flatMap(({ event }) => (event ? [{ position: event.position, n: event.data.n }] : []));
    // Before `live` the position of `subscribed` is the server's end, not yet the client's.
    const since = asked.find(({ type }) => type === 'subscribe')?.since;
    const handed = told.flatMap(({ type, position, event }) => {
      if (event) return event.position;
      return position !== undefined && (type !== 'subscribed' || since === undefined) ? position : [];
    });
    return [{ since, events, last: handed.at(-1), gaps: told.filter(({ recovered }) => recovered === false).length }];
  });
}

/**
 * Long polls: each answer is a session of its own. A client spreads its polls over several kept-alive connections, so
 * they are put in order by what they presented: a position asked twice, or one never handed out, still shows.
 */
export function pollSessions(recordings: readonly Recording[]): readonly Session[] {
  const answered = recordings.flatMap((recording) => {
    const requests = recording.asked().toString('latin1').split('\r\n\r\n').slice(0, -1);
    const answers = httpAnswers(recording.answered());
    return requests.flatMap((request, index) => {
      const answer = answers[index];
      if (!answer || answer.status === 304) return [];
      const since = new URL(request.split(' ')[1] ?? '/', 'http://x').searchParams.get('since') ?? undefined;
      if (answer.status !== 200) return [{ since, events: [], last: since, gaps: answer.status === 410 ? 1 : 0 }];
      const batch = JSON.parse(answer.body) as readonly Data[];
      const events = batch.map(({ position, data }) => ({ position, n: data.n }));
      return [{ since, events, last: /^carillon-position: *(\S+)/im.exec(answer.head)?.[1], gaps: 0 }];
    });
  });
  const isToken = (since: string | undefined) => since !== undefined && since !== 'earliest';
  return answered.toSorted((a, b) => {
    if (!isToken(a.since) || !isToken(b.since)) return Number(isToken(a.since)) - Number(isToken(b.since));
    return (a.since ?? '') < (b.since ?? '') ? -1 : Number((a.since ?? '') > (b.since ?? ''));
  });
}

/** What is wrong with the sessions of one client, read in the order they were opened; empty when all is well. */
export function faultsOf(sessions: readonly Session[], published: number): readonly string[] {
  const faults: string[] = [];
  let last: string | undefined;
  const seen = new Map<number, number>();
  for (const [index, session] of sessions.entries()) {
    if (session.gaps > 0) faults.push(`connection ${index}: a gap was reported`);
    const expected = last ?? sessions[0]?.since;
    if (session.since !== expected) faults.push(`connection ${index} presents ${session.since}, not ${expected}`);
    let before = last ?? '';
    for (const { position, n } of session.events) {
      if (position <= before) faults.push(`connection ${index}: ${position} comes after ${before}`);
      before = position;
      seen.set(n, (seen.get(n) ?? 0) + 1);
    }
    last = session.last ?? last;
  }
  for (let n = 0; n < published; n++) {
    const times = seen.get(n) ?? 0;
    if (times !== 1) faults.push(`event ${n} was handed over ${times} times`);
  }
  return faults;
}

export function headOf(bytes: Buffer): string {
  return bytes.subarray(0, Math.max(0, bytes.indexOf('\r\n\r\n'))).toString('latin1');
}

/** Text messages of one direction of a WebSocket connection, without fragmentation (RFC 6455 §5.2). */
export function textMessages(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  let at = bytes.indexOf('\r\n\r\n') + 4;
  while (at >= 4 && at + 2 <= bytes.length) {
    const masked = (bytes.readUInt8(at + 1) & 0x80) !== 0;
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (at + 2 + extended > bytes.length) break;
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    const start = at + 2 + extended + (masked ? 4 : 0);
    if (start + length > bytes.length) break;
    const payload = Buffer.from(bytes.subarray(start, start + length));
    if (masked) payload.forEach((byte, index) => (payload[index] = byte ^ bytes.readUInt8(start - 4 + (index % 4))));
    if ((bytes.readUInt8(at) & 0x0f) === 1) texts.push(payload.toString('utf8'));
    at = start + length;
  }
  return texts;
}

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

function httpAnswers(bytes: Buffer): readonly Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end < 0) return answers;
    const head = bytes.subarray(at, end).toString('latin1');
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (end + 4 + length > bytes.length) return answers;
    const body = bytes.subarray(end + 4, end + 4 + length).toString('utf8');
    answers.push({ status: Number(head.slice(9, 12)), head, body });
    at = end + 4 + length;
  }
}
