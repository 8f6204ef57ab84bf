import type { StreamRequest } from '../../../transport/index.ts';
import type { Refusal } from './refusals.ts';

/** Refuses an event stream. */
export function refuseStream(request: StreamRequest, refusal: Refusal): void {
  request.respond(refusal.status, { 'Content-Type': 'application/json', ...retryOf(refusal) }, bodyOf(refusal));
}

/** Refuses an upgrade: the reason is in a header, because what opens WebSockets shows no body. */
export function refuseSocket(request: StreamRequest, refusal: Refusal): void {
  const headers = { 'Content-Type': 'text/plain', 'X-Error-Message': refusal.error, ...retryOf(refusal) };
  request.respond(refusal.status, headers, '');
}

export function bodyOf({ error }: Refusal): string {
  return JSON.stringify({ error });
}

function retryOf({ retryAfterSeconds }: Refusal): Readonly<Record<string, string>> {
  return retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
}
