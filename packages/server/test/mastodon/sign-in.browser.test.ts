import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { CliFolder } from '../../src/cli/testing/spawn-cli.ts';

test('somebody signs in by hand, without scripts, and lands at the application with a code', async () => {
  await using folder = new CliFolder();
  const facts = JSON.parse(await folder.start(['dev', '--port', '0', '--json']).line());
  const { accounts } = CREDENTIALS.parse(await (await fetch(`${facts.baseUrl}/dev/credentials.json`)).json());
  const [{ email, password }] = accounts;
  await using application = await openApplication();
  const client = await register(facts.baseUrl, application.address);
  await using browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (/policy|refused/i.test(message.text()) && complaints.push(message.text())));

  const asked = { client_id: client.client_id, redirect_uri: application.address, response_type: 'code', state: 's 1' };
  await page.goto(`${facts.baseUrl}/oauth/authorize?${new URLSearchParams(asked).toString()}`);
  await page.getByLabel('E-mail address or name').fill(email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in and allow' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in and allow' }).click();
  await page.waitForURL(`${application.address}?**`);

  const back = new URL(page.url()).searchParams;
  expect(back.get('state')).toBe('s 1');
  const { client_id, client_secret } = client;
  const issued = await post(`${facts.baseUrl}/oauth/token`, {
    grant_type: 'authorization_code',
    code: back.get('code'),
    redirect_uri: application.address,
    client_id,
    client_secret,
  });
  expect(issued).toMatchObject({ token_type: 'Bearer', scope: 'read' });
  expect(complaints).toEqual([]);
});

const CREDENTIALS = z.object({
  accounts: z.tuple([z.object({ email: z.string(), password: z.string() })], z.unknown()),
});
const CLIENT = z.object({ client_id: z.string(), client_secret: z.string() });

async function register(baseUrl: string, redirectUri: string): Promise<z.infer<typeof CLIENT>> {
  return CLIENT.parse(await post(`${baseUrl}/api/v1/apps`, { client_name: 'By hand', redirect_uris: redirectUri }));
}

async function post(address: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}

/** Where the browser is sent back to: another origin than the server's. */
async function openApplication() {
  const server = createServer((_, response) => response.end('welcome back'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/back`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
