import { type Context, Hono } from 'hono';
import { bodyOf } from '../answers.ts';
import { REFUSALS } from '../refusals.ts';
import { streamNameOf } from '../streams.ts';

const PATHS = ['/api/v1/streaming', '/api/v1/streaming/*'];
const HEALTH = '/api/v1/streaming/health';
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** What is asked of a stream's address by another method than GET, which never comes here. */
export function createStreamingRest(): Hono {
  const rest = new Hono();
  rest.on(['OPTIONS'], PATHS, allow);
  rest.all(HEALTH, (context) => (context.req.method === 'HEAD' ? context.body(null, 200) : refuse(context, 'HEAD')));
  for (const path of PATHS) {
    rest.all(path, (context) => {
      if (streamNameOf(context.req.path, null)) return refuse(context);
      return context.body(bodyOf(REFUSALS.unknownChannel), REFUSALS.unknownChannel.status, JSON_TYPE);
    });
  }
  return rest;
}

/** Preflights are the transport's; this is for who merely asks. */
function allow(context: Context): Response {
  const asked = context.req.header('Access-Control-Request-Headers');
  return context.body(null, 204, {
    'Access-Control-Allow-Methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    Vary: 'Access-Control-Request-Headers',
    ...(asked === undefined ? {} : { 'Access-Control-Allow-Headers': asked }),
  });
}

function refuse(context: Context, ...also: readonly string[]): Response {
  const { method } = REFUSALS;
  return context.body(bodyOf(method), method.status, { ...JSON_TYPE, Allow: ['GET', ...also, 'OPTIONS'].join(', ') });
}
