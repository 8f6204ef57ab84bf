import { expect } from 'vitest';

/** Fills in the sign-in page as a browser would, and gives the code that the application is sent or shown. */
export async function codeFromPage(authorizeUrl: string, name: string, password: string): Promise<string> {
  const page = await fetch(authorizeUrl);
  const text = await page.text();
  expect(page.status, text).toBe(200);
  const fields = new URLSearchParams({ name, password, decision: 'allow' });
  for (const [, field = '', value = ''] of text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)) {
    fields.set(field, unescaped(value));
  }
  const action = /<form method="post" action="([^"]+)">/.exec(text)?.[1] ?? '';
  const answer = await fetch(new URL(action, authorizeUrl), { method: 'POST', body: fields, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location !== null) return new URL(location).searchParams.get('code') ?? '';
  const shown = await answer.text();
  expect(answer.status, shown).toBe(200);
  return /<code>([^<]+)<\/code>/.exec(shown)?.[1] ?? '';
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
