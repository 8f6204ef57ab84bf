import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventsDependencies } from '../dependencies.ts';
import type { Publisher } from '../publisher.ts';
import { decodeKey, decodePublish } from '../wire/publish.ts';
import { readBody } from './body.ts';

/**
 * Answers `POST /v1/events`: who asks is settled before the body is read, what they may do before anything is stored,
 * and the answer leaves after the events are on stable storage. Works on Node's own request and response: this is the
 * measured path, and Fetch objects doubled what a publish costs.
 */
export async function answerPublish(
  request: IncomingMessage,
  response: ServerResponse,
  accessToken: string | undefined,
  publisher: Publisher,
  { authenticator, settings }: EventsDependencies,
): Promise<void> {
  const { headers, rawHeaders } = request;
  const principal = await authenticator.authenticate({ authorization: headers.authorization, accessToken });
  const key = decodeKey(headers['idempotency-key']);
  const body = await readBody(request, settings.maxBodyBytes);
  const events = decodePublish(headers, rawHeaders, body, {
    app: principal.app,
    maxDataBytes: settings.maxDataBytes,
    maxBatch: settings.maxBatch,
  });
  const { positions, duplicate } = await publisher.publish(principal, events, key);
  const answer = `{"positions":${JSON.stringify(positions)},"duplicate":${duplicate}}`;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': answer.length,
    'cache-control': 'no-store',
  });
  response.end(answer);
}
