import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One HTTP request over a connection of its own; the answer's body as JSON. */
export function ask(url: string, { method = 'GET', token, headers = {}, body }: Ask = {}): Promise<Answer> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, headers: { ...authorization, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text === '' ? undefined : JSON.parse(text),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export interface PublishAnswer {
  readonly positions: readonly string[];
  readonly duplicate: boolean;
}

/** Publishes plain JSON and returns the answer, or throws with the problem. */
export async function publish(
  url: string,
  token: string,
  events: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<PublishAnswer> {
  const answer = await ask(`${url}/v1/events`, {
    method: 'POST',
    token,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(events),
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  // The shape is what the tests of publishing hold the server to.
  return answer.body as PublishAnswer;
}
