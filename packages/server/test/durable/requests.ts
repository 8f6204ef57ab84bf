type Body = NonNullable<RequestInit['body']>;

/** Requests to one stream, for tests. */
export class StreamRequests {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(base: string, path: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = `${base}/v1/stream/${path}`;
    this.#headers = headers;
  }

  put(headers: Readonly<Record<string, string>> = {}, body?: Body): Promise<Response> {
    return this.#send('PUT', '', headers, body);
  }

  post(headers: Readonly<Record<string, string>>, body?: Body): Promise<Response> {
    return this.#send('POST', '', headers, body);
  }

  get(query = '', options: { readonly signal?: AbortSignal } = {}): Promise<Response> {
    return fetch(this.url + query, { headers: this.#headers, ...options });
  }

  head(): Promise<Response> {
    return this.#send('HEAD', '');
  }

  delete(): Promise<Response> {
    return this.#send('DELETE', '');
  }

  /** Everything from an offset on, page by page, and where it ended. */
  async readAll(offset = '-1'): Promise<{ readonly body: Buffer; readonly offset: string; readonly pages: number }> {
    const parts: Buffer[] = [];
    let next = offset;
    for (;;) {
      const response = await this.get(`?offset=${next}`);
      if (response.status !== 200) throw new Error(`reading ${this.url} gave ${response.status}`);
      parts.push(Buffer.from(await response.arrayBuffer()));
      next = offsetOf(response);
      if (response.headers.get('stream-up-to-date') === 'true') {
        return { body: Buffer.concat(parts), offset: next, pages: parts.length };
      }
    }
  }

  #send(method: string, query: string, headers: Readonly<Record<string, string>> = {}, body?: Body) {
    const init = { method, headers: { ...this.#headers, ...headers }, ...(body === undefined ? {} : { body }) };
    return fetch(this.url + query, init);
  }
}

export function offsetOf(response: Response): string {
  const offset = response.headers.get('stream-next-offset');
  if (offset === null) throw new Error(`an answer ${response.status} without Stream-Next-Offset`);
  return offset;
}

export interface SseBlock {
  readonly event: string;
  readonly data: string;
}

/** Blocks of an event stream until `isLast` likes one, or the server ends it. */
export async function readBlocks(response: Response, isLast: (block: SseBlock) => boolean): Promise<SseBlock[]> {
  if (!response.body) throw new Error('an event stream without body');
  const blocks: SseBlock[] = [];
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const block = parseBlock(part);
      if (!block) continue;
      blocks.push(block);
      if (isLast(block)) return blocks;
    }
  }
  return blocks;
}

function parseBlock(part: string): SseBlock | undefined {
  const lines = part.split('\n');
  const event = lines
    .find((line) => line.startsWith('event:'))
    ?.slice('event:'.length)
    .trim();
  const data = lines
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).replace(/^ /, ''));
  return event === undefined ? undefined : { event, data: data.join('\n') };
}

export function isControl(block: SseBlock, field: 'upToDate' | 'streamClosed'): boolean {
  return block.event === 'control' && JSON.parse(block.data)[field] === true;
}
