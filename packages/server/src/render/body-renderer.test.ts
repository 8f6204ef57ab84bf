import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenDomain, openDomain } from '../domain/testing/open-domain.ts';
import { type BodyRenderer, createBodyRenderer } from './body-renderer.ts';

/** Many times what a message of the event loop may wait for here, a fraction of what these texts take together. */
const LOOP_DEADLINE_MS = 1_500;

let open: OpenDomain;
let bodies: BodyRenderer;
const renderer = (limits: { maxMarkdownCharacters?: number; limitMs?: number } = {}) =>
  createBodyRenderer({
    commands: open.log,
    domain: 'example.org',
    baseUrl: () => 'https://example.org',
    maxMarkdownCharacters: 100_000,
    ...limits,
  });
beforeAll(async () => {
  open = await openDomain();
  bodies = renderer();
});
afterAll(async () => {
  await bodies.close();
  await open[Symbol.asyncDispose]();
});

const repeated = (piece: string, length = 40_000) => piece.repeat(Math.ceil(length / piece.length));
const LONG = `${repeated('Soft! what light ', 2_000)}@juliet **breaks**`;

test('a long text reads as a short one', async () => {
  const { id } = await open.account('juliet');
  const short = '@juliet **breaks** #east';

  const written = await bodies.render({ format: 'markdown', text: short }, { owner: 'a' });
  const long = await bodies.render({ format: 'markdown', text: `${LONG} #east` }, { owner: 'a' });

  const [, tail = ''] = /(<span class="h-card".*)$/.exec(long.html) ?? [];
  expect(written.html).toBe(`<p>${tail}`);
  expect(tail).toContain('<strong>breaks</strong> <a href="https://example.org/tags/east"');
  expect(written).toMatchObject({ mentions: [id], tags: ['east'] });
  expect(long).toMatchObject({ mentions: [id], tags: ['east'] });
});

test.each([10, 2_000])(
  'names that go beside a text of %i characters are mentions, if there are such accounts',
  async (length) => {
    const { id } = await open.account(`nurse${length}`);
    const named = [`nurse${length}`, 'nobody'];

    const body = await bodies.render({ format: 'plain', text: 'x'.repeat(length) }, { owner: 'a', named });

    expect(body.mentions).toEqual([id]);
  },
);

describe('hostile texts', () => {
  const hostile = [
    ['markdown', repeated('a**')],
    ['markdown', repeated('a***b*')],
    ['markdown', repeated('_a')],
    ['markdown', repeated('[')],
    ['markdown', repeated('[a](<b')],
    ['markdown', repeated('![[]()')],
    ['markdown', repeated('`a``b')],
    ['markdown', repeated('<http://a')],
    ['markdown', Array.from({ length: 400 }, (_, n) => `${'>'.repeat(n)}a\n`).join('')],
    ['markdown', Array.from({ length: 300 }, (_, n) => `${' '.repeat(n * 2)}- a\n`).join('')],
    ['markdown', repeated('- [a\n')],
    ['markdown', repeated('[a]: b "\n')],
    ['markdown', `[a]: http://x/${'b'.repeat(45_000)}\n\n${repeated('[a]', 45_000)}`],
    ['xhtml', repeated('<blockquote>')],
    ['xhtml', repeated('<i>', 45_000) + repeated('</b>', 45_000)],
    ['xhtml', repeated('<li><p>')],
    ['plain', repeated('#a ')],
    ['plain', repeated('https://a.b/ ')],
  ] as const;

  test('are rendered or refused while the event loop goes on', { timeout: 120_000 }, async () => {
    const ended = Promise.all(
      hostile.map(([format, text], n) =>
        bodies.render({ format, text }, { owner: String(n) }).then(
          () => 'rendered',
          (error: { code?: string }) => error.code,
        ),
      ),
    );
    let going = true;
    void ended.finally(() => (going = false));
    let longest = 0;
    for (let before = performance.now(); going; before = performance.now()) {
      await setImmediate();
      longest = Math.max(longest, performance.now() - before);
    }

    expect(longest).toBeLessThan(LOOP_DEADLINE_MS);
    const outcomes = await ended;
    for (const outcome of outcomes) expect(['rendered', 'unprocessable']).toContain(outcome);
    expect((await bodies.render({ format: 'markdown', text: LONG }, { owner: 'a' })).html).toContain('<strong>');
  });

  test('a link that would stand in the HTML a thousand times', async () => {
    const text = `[a]: http://x/${'b'.repeat(5_000)}\n\n${repeated('[a]', 4_000)}`;

    await expect(bodies.render({ format: 'markdown', text }, { owner: 'a' })).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('too long when it is rendered'),
    });
  });
});

test('what takes too long is refused, and the next text is rendered', async () => {
  const hasty = renderer({ limitMs: 50 });
  const text = `[a]: http://x/${'b'.repeat(45_000)}\n\n${repeated('[a]', 45_000)}`;

  await expect(hasty.render({ format: 'markdown', text }, { owner: 'a' })).rejects.toMatchObject({
    code: 'unprocessable',
    message: expect.stringContaining('takes too long'),
  });
  const next = await hasty.render({ format: 'plain', text: repeated('Romeo ', 1_200) }, { owner: 'a' });

  expect(next.html).toMatch(/^<p>Romeo /);
  await hasty.close();
});

test('more Markdown than allowed is refused', async () => {
  const strict = renderer({ maxMarkdownCharacters: 2_000 });

  await expect(strict.render({ format: 'markdown', text: 'x'.repeat(2_001) }, { owner: 'a' })).rejects.toMatchObject({
    code: 'too-large',
    facts: { limit: 2_000 },
  });
  expect((await strict.render({ format: 'plain', text: 'x'.repeat(2_001) }, { owner: 'a' })).html).toContain('xxx');
  await strict.close();
});
