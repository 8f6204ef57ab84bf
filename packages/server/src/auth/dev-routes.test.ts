import { ERRORS, toErrorValue } from '@carillon/core';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createDevRoutes } from './dev-routes.ts';

const credentials = {
  baseUrl: 'http://127.0.0.1:4000',
  internalUrl: 'http://127.0.0.1:4001',
  app: 'default',
  adminToken: 'A',
  token: 'T',
  accounts: [],
};

function ask(headers: Record<string, string>): Response | Promise<Response> {
  const root = new Hono();
  root.onError((error) => Response.json(toErrorValue(error), { status: ERRORS[toErrorValue(error).code].status }));
  root.route('/', createDevRoutes({ credentials: async () => credentials }));
  return root.request('/dev/credentials.json', { headers });
}

describe('GET /dev/credentials.json', () => {
  it.each(['127.0.0.1:4000', 'localhost:4000', 'localhost', 'LOCALHOST:1', '[::1]:4000', '127.9.9.9'])(
    'answers on Host %s',
    async (host) => {
      const response = await ask({ host });

      expect(response.status).toBe(200);
      expect(await response.json()).toEqual(credentials);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  it.each([
    'example.org',
    'localhost.example.org',
    '127.0.0.1.example.org',
    'localhost:4000@evil.example',
    '192.168.1.1',
    '0.0.0.0',
    '',
    '[::2]',
    '127.0.0.1:x',
  ])('refuses Host %j', async (host) => {
    const response = await ask({ host });

    expect(response.status).toBe(421);
    expect(await response.text()).not.toContain('adminToken');
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:4000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses a web page elsewhere: %j', async (headers) => {
    const response = await ask({ host: '127.0.0.1:4000', ...headers });

    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain('adminToken');
  });

  it('answers a page of its own', async () => {
    expect((await ask({ host: '127.0.0.1:4000', 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
});
