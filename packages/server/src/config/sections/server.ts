import * as z from 'zod';
import { setting } from '../setting.ts';

const port = z.number().int().min(0).max(65_535);

/** Where the server listens and whom it believes. */
export const serverSection = z.strictObject({
  host: setting(z.string().min(1).default('127.0.0.1'), {
    text: 'Address of the public listener. Beyond loopback it needs TLS, or `server.plainHttp` behind a proxy that ends TLS.',
    short: 'host',
  }),
  port: setting(port.default(4000), {
    text: 'Port of the public listener; 0 takes a free one and says which.',
    short: 'port',
  }),
  internalHost: setting(z.string().min(1).default('127.0.0.1'), {
    text: 'Address of the internal listener (`/health/live`, `/health/ready`, `/metrics`). Beyond loopback it needs `server.metricsToken`.',
    short: 'internal-host',
  }),
  internalPort: setting(port.optional(), {
    text: 'Port of the internal listener; 0 takes a free one. Without it: the port after `server.port`; `carillon dev` takes a free one.',
    short: 'internal-port',
  }),
  metricsToken: setting(z.string().min(32, 'needs at least 32 characters').optional(), {
    text: 'When set, `/metrics` is answered only to `Authorization: Bearer` with this token.',
    secret: true,
  }),
  tlsCert: setting(z.string().min(1).optional(), {
    text: 'PEM file with the certificate chain; together with `server.tlsKey` it turns TLS on.',
    short: 'tls-cert',
  }),
  tlsKey: setting(z.string().min(1).optional(), {
    text: 'PEM file with the private key of `server.tlsCert`.',
    short: 'tls-key',
  }),
  plainHttp: setting(z.boolean().default(false), {
    text: 'Allows HTTP without TLS beyond loopback. Only behind a proxy that ends TLS: tokens travel readably otherwise.',
  }),
  publicUrl: setting(z.url({ protocol: /^https?$/ }).optional(), {
    text: 'The address that clients use, as printed and given out; the listener’s own address when absent.',
  }),
  allowedHosts: setting(z.array(z.string().min(1)).default([]), {
    text: 'Host names that requests may name, without port. Empty: any on a loopback listener’s own names, any name elsewhere.',
  }),
  trustedProxies: setting(z.array(z.string().min(1)).default([]), {
    text: 'Addresses or CIDR ranges whose `X-Forwarded-For` and `Forwarded` are believed. Empty: nobody’s.',
  }),
  corsOrigins: setting(z.array(z.string().min(1)).default(['*']), {
    text: 'Origins that browsers may call from; `*` is any. Credentials are bearer tokens and never cookies, so `*` gives nothing away.',
  }),
});
