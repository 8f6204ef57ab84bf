import { isIP } from 'node:net';
import type { Settings } from './settings.ts';

export interface BrokenRule {
  /** The setting to change. */
  readonly path: string;
  readonly message: string;
}

/** What no single setting can say: combinations that would be insecure or meaningless. */
export function brokenRules(settings: Settings): readonly BrokenRule[] {
  const { server, auth, apps } = settings;
  const rules: readonly (BrokenRule & { readonly broken: boolean })[] = [
    {
      path: server.tlsCert === undefined ? 'server.tlsCert' : 'server.tlsKey',
      message: 'TLS needs both server.tlsCert and server.tlsKey',
      broken: (server.tlsCert === undefined) !== (server.tlsKey === undefined),
    },
    {
      path: 'server.host',
      message: `${server.host} is reachable from other machines: configure TLS, or set server.plainHttp behind a proxy that ends TLS`,
      broken: !isLoopbackHost(server.host) && server.tlsCert === undefined && !server.plainHttp,
    },
    {
      path: 'server.internalHost',
      message: `${server.internalHost} is reachable from other machines: set server.metricsToken`,
      broken: !isLoopbackHost(server.internalHost) && server.metricsToken === undefined,
    },
    {
      path: 'server.internalPort',
      message: 'must differ from server.port',
      broken: server.port !== 0 && server.internalPort === server.port,
    },
    {
      path: 'auth.defaultApp',
      message: `"${auth.defaultApp}" is not among apps`,
      // The app named `default` exists without being listed; any other name may be a slip.
      broken: auth.defaultApp !== 'default' && !Object.hasOwn(apps, auth.defaultApp),
    },
    {
      path: 'auth.jwt.jwksUrl',
      message: 'must be https, or http on loopback',
      broken: auth.jwt.jwksUrl !== undefined && !isSafeKeyAddress(auth.jwt.jwksUrl),
    },
    {
      path: 'auth.jwt.issuer',
      message: 'is needed with auth.jwt.jwksUrl, so that other issuers’ tokens cause no request',
      broken: auth.jwt.jwksUrl !== undefined && auth.jwt.issuer === undefined,
    },
  ];
  return rules.filter((rule) => rule.broken).map(({ path, message }) => ({ path, message }));
}

/** Whether a host name or address names this machine only. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

function isSafeKeyAddress(address: string): boolean {
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}
