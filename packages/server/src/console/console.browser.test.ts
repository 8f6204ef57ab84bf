import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { CliFolder } from '../cli/testing/spawn-cli.ts';

it('publishes and hears its own event in a browser, within its own content policy', async () => {
  await using folder = new CliFolder();
  const facts = JSON.parse(await folder.start(['dev', '--port', '0', '--json']).line());
  await using browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));

  await page.goto(facts.console);
  await page.locator('#state', { hasText: 'listening' }).waitFor();
  await page.locator('#publish textarea').fill('{"text":"<img src=x onerror=alert(1)>"}');
  await page.locator('#publish button').click();
  const row = page.locator('#events tr', { hasText: 'onerror' });
  await row.waitFor();

  expect(await row.locator('td').allTextContents()).toEqual([
    expect.any(String),
    'news',
    'message',
    '{"text":"<img src=x onerror=alert(1)>"}',
  ]);
  expect(await page.locator('#answer').textContent()).toMatch(/^stored at /);
  expect(complaints).toEqual([]);
});
