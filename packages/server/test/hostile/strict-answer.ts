/** One HTTP answer as it stood on the wire. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; a name that stands twice is joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** False while more of the body is to come, or when it ends with the connection. */
  readonly complete: boolean;
}

export interface Parsed {
  readonly answers: readonly HttpAnswer[];
  /** What follows the last complete answer: nothing, the beginning of one, or another protocol after 101. */
  readonly rest: Buffer;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\x20-\x7e\t]*)$/;
const HEAD_END = '\r\n\r\n';

/**
 * Cuts what a server sent into answers, as strictly as RFC 9112 allows a recipient to be: throws at anything that two
 * readers could read differently. `methods` are those of the requests, in order; `HEAD` has no body.
 */
export function parseAnswers(bytes: Buffer, methods: readonly string[]): Parsed {
  const answers: HttpAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf(HEAD_END);
    if (end < 0) break;
    const { status, headers } = parseHead(rest.toString('latin1', 0, end));
    const after = rest.subarray(end + HEAD_END.length);
    if (status === 100) {
      rest = after;
      continue;
    }
    const { body, length, complete } = parseBody(status, headers, methods[answers.length] ?? 'GET', after);
    answers.push({ status, headers, body, complete });
    rest = after.subarray(length);
    if (status === 101 || !complete) break;
  }
  return { answers, rest };
}

function parseHead(text: string): { status: number; headers: ReadonlyMap<string, string> } {
  const [first = '', ...lines] = text.split('\r\n');
  const status = Number(STATUS_LINE.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`not a status line: ${JSON.stringify(first)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a header line: ${JSON.stringify(line)}`);
    const key = name.toLowerCase();
    if (headers.has(key) && /^(?:content-length|content-type|transfer-encoding|location)$/.test(key)) {
      throw new Error(`the header ${key} stands twice`);
    }
    headers.set(key, headers.has(key) ? `${headers.get(key)}, ${value}` : value);
  }
  return { status, headers };
}

function parseBody(
  status: number,
  headers: ReadonlyMap<string, string>,
  method: string,
  bytes: Buffer,
): { body: Buffer; length: number; complete: boolean } {
  const nothing = { body: Buffer.alloc(0), length: 0, complete: true };
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (length !== undefined && coding !== undefined) throw new Error('both Content-Length and Transfer-Encoding');
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return nothing;
  if (coding !== undefined) {
    if (coding !== 'chunked') throw new Error(`Transfer-Encoding: ${coding}`);
    return parseChunks(bytes);
  }
  if (length === undefined) return { body: bytes, length: bytes.length, complete: false };
  if (!/^\d+$/.test(length)) throw new Error(`Content-Length: ${length}`);
  const size = Number(length);
  return { body: bytes.subarray(0, size), length: Math.min(size, bytes.length), complete: bytes.length >= size };
}

function parseChunks(bytes: Buffer): { body: Buffer; length: number; complete: boolean } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    const line = end < 0 ? '' : bytes.toString('latin1', at, end);
    if (end >= 0 && !/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const from = end + 2;
    if (end < 0 || bytes.length < from + size + 2) {
      return { body: Buffer.concat(parts), length: bytes.length, complete: false };
    }
    if (bytes.toString('latin1', from + size, from + size + 2) !== '\r\n') throw new Error('a chunk without its end');
    at = from + size + 2;
    if (size === 0) return { body: Buffer.concat(parts), length: at, complete: true };
    parts.push(bytes.subarray(from, from + size));
  }
}
