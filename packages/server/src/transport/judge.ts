import { CarillonError } from '@carillon/core';
import type { RequestHead, StreamRoute } from './contract.ts';
import type { Cors } from './cors.ts';
import { checkHandshake } from './handshake.ts';
import { checkHead } from './head.ts';
import type { Judge, ReadMessage, Verdict } from './message.ts';
import { hostRule, type ListenerSettings } from './settings.ts';
import { readTarget, type Target } from './target.ts';

/** Decides what becomes of a request, from its head alone. Never throws: it runs inside Node's parser. */
export function createJudge(options: {
  readonly settings: ListenerSettings;
  readonly routes: readonly StreamRoute[];
  readonly cors: Cors;
}): Judge {
  const rules = { limits: options.settings.limits, allowsHost: hostRule(options.settings) };
  const streams = options.routes.filter((route) => route.kind === 'stream');
  const sockets = options.routes.filter((route) => route.kind === 'websocket');

  function decide(message: ReadMessage): Verdict {
    const target = checkHead(message, rules);
    message.url = target.url;
    const head = { method: message.method ?? '', path: target.path, query: target.query, headers: message.headers };
    if (message.upgradeAsked && asksForWebSocket(message)) {
      if (!sockets.some((route) => route.handshakeLater && route.matches(head))) checkHandshake(message);
      return { kind: 'stream', target, route: socketRoute(head, target) };
    }
    const route = head.method === 'GET' ? streams.find((candidate) => candidate.matches(head)) : undefined;
    if (!route) return { kind: 'plain', target };
    const { headers } = message;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      throw new CarillonError('bad-request', 'this request may not have a body');
    }
    return { kind: 'stream', target, route };
  }

  function socketRoute(head: RequestHead, target: Target): StreamRoute {
    const route = sockets.find((candidate) => candidate.matches(head));
    if (!route) throw new CarillonError('not-found', `no WebSocket is spoken at ${target.path}`);
    if (!options.cors.admitsSocket(head.headers.origin, head.headers.host)) {
      throw new CarillonError(
        'forbidden',
        'pages of this origin may not connect; the setting server.corsOrigins names those that may',
      );
    }
    return route;
  }

  return (message) => {
    try {
      return decide(message);
    } catch (error) {
      return { kind: 'refused', error, path: readPath(message) };
    }
  };
}

function readPath({ url = '', headers }: ReadMessage): string | undefined {
  try {
    return readTarget(url, headers.host).path;
  } catch {
    return undefined;
  }
}

function asksForWebSocket({ headers }: ReadMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}
