import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from './testing/run-here.ts';
import { CliFolder, type CliRun } from './testing/spawn-cli.ts';

const PATIENCE_MS = 120_000;
const folder = new CliFolder();
let dev: CliRun;
let facts: Record<string, string>;
let url: string;

beforeAll(async () => {
  dev = folder.start(['dev', '--port', '0', '--json']);
  facts = JSON.parse(await dev.line());
  url = facts['url'] ?? '';
}, PATIENCE_MS);
afterAll(() => folder[Symbol.asyncDispose](), PATIENCE_MS);

const at = (...args: string[]): string[] => [...args, '--url', url];

describe('carillon dev', () => {
  it('starts under flags that only V8 knows', async () => {
    const run = folder.start(['dev', '--port', '0', '--json', '--data', 'flags'], {
      flags: ['--max-old-space-size=512'],
    });

    expect(JSON.parse(await run.line())).toMatchObject({ ready: true });
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });

  it('keeps its data in ./.carillon and says the same facts over HTTP', async () => {
    const response = await fetch(`${url}/dev/credentials.json`);
    const said: unknown = await response.json();

    const { baseUrl, internalUrl, app, adminToken, token } = facts;
    expect(said).toEqual({
      baseUrl,
      internalUrl,
      app,
      adminToken,
      token,
      accounts: facts['accounts'],
      zulip: facts['zulip'],
    });
    expect(baseUrl).toBe(url);
    expect(app).toBe('default');
    expect(existsSync(join(folder.path, '.carillon/dev-secrets.json'))).toBe(true);
    expect((await fetch(`${url}/dev/credentials.json`, { headers: { origin: url } })).status).toBe(403);
  });

  it('serves a console without inline script, and health and metrics beside it', async () => {
    const page = await fetch(facts['console'] ?? '');
    const html = await page.text();
    const script = await fetch(`${url}/console/script.js`);
    const metrics = await fetch(`${facts['internalUrl']}/metrics`);

    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|style=/);
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect((await fetch(url)).url).toBe(`${url}/console`);
    expect((await fetch(`${facts['internalUrl']}/health/ready`)).status).toBe(200);
    expect(await metrics.text()).toContain('carillon_log_position');
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  });

  it('prints lines that work when pasted into a shell', { timeout: PATIENCE_MS }, async () => {
    const shell = (line: string | undefined, seconds: number) =>
      promisify(execFile)('sh', ['-c', `timeout ${seconds} ${line} || true`]);

    const published = await shell(facts['publish'], 20);
    const subscribed = await shell(facts['subscribe']?.replace('topic=news', 'topic=news&since=earliest'), 2);

    expect(JSON.parse(published.stdout)).toMatchObject({ duplicate: false, positions: [expect.any(String)] });
    expect(subscribed.stdout).toContain('"hello"');
    expect(facts['browser']).toContain(`new EventSource('${url}/v1/events?topic=news&access_token=${facts['token']}')`);
  });

  it('listens on loopback only', { timeout: PATIENCE_MS }, async () => {
    const ended = await folder.run(['dev', '--host', '0.0.0.0', '--server-plain-http', '--port', '0']);

    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(/^carillon: .*loopback only.*"carillon serve"\n$/);
  });

  it('says what to do when its port is taken', { timeout: PATIENCE_MS }, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';

    const ended = await folder.run(['dev', '--port', port, '--data', 'elsewhere']);
    other.close();

    expect(ended.code).toBe(1);
    expect(ended.err.trimEnd().split('\n').at(-1)).toBe(
      `carillon: port ${port} is taken; stop what listens there, or choose another with --port and --internal-port`,
    );
  });

  it('says so when its data directory is in use', { timeout: PATIENCE_MS }, async () => {
    const ended = await folder.run(['dev', '--port', '0']);

    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/^carillon: .*\.carillon/);
  });
});

describe('commands of clients', () => {
  it('publish, subscribe and tail, finding the token of a development server', { timeout: PATIENCE_MS }, async () => {
    const listening = folder.start(at('subscribe', 'orders', '--since', 'earliest', '--count', '3', '--json'));
    const first = await folder.run(at('publish', 'orders', '{"n":1}', '--type', 'order.placed', '--json'));
    const second = await folder.run(at('publish', 'orders', '-', '--key', 'K'), { input: 'plain text\n' });
    const again = await folder.run(at('publish', 'orders', '-', '--key', 'K'), { input: 'plain text\n' });
    await folder.run(at('publish', 'orders', '{"n":3}', '--text'));
    const heard = await listening.ended;
    const tail = await folder.run(at('tail', 'orders', '-n', '2'));

    expect(JSON.parse(first.out)).toEqual({ positions: [expect.any(String)], duplicate: false });
    expect(second.out).toMatch(/^stored at /);
    expect(again.out).toMatch(/^was there already at /);
    expect(heard.code).toBe(0);
    const events = heard.out
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    expect(events.map(({ type, topic, data }) => [type, topic, data])).toEqual([
      ['order.placed', 'orders', { n: 1 }],
      ['message', 'orders', 'plain text'],
      ['message', 'orders', '{"n":3}'],
    ]);
    expect(tail.out.split('\n').map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'orders message plain text',
      'orders message {"n":3}',
      '',
    ]);
  });

  it('mint a token that grants what was asked and no more', { timeout: PATIENCE_MS }, async () => {
    const minted = await folder.run(at('token', '--publish', 'only', '--ttl', '60', '--json'));
    const { token, publish } = JSON.parse(minted.out);

    const allowed = await folder.run(at('publish', 'only', '1', '--token', token));
    const refused = await folder.run(at('publish', 'other', '1', '--token', token, '--json'));

    expect(publish).toEqual(['only']);
    expect(allowed.code).toBe(0);
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.err)).toMatchObject({
      error: { exit: 'refused', code: 3, message: expect.stringContaining('other') },
    });
  });

  it('mint without a server from its secret', { timeout: PATIENCE_MS }, async () => {
    const env = { CARILLON_AUTH_JWT_SECRETS: 'a-secret-of-at-least-thirty-two-characters' };

    const minted = await folder.run(['token', '--offline', '--subscribe', '*', '--subject', 'ann'], { env });
    const without = await folder.run(['token', '--offline', '--subscribe', '*']);

    expect(minted.out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(without.code).toBe(1);
    expect(without.err).toContain('auth.jwt.secrets');
  });

  it.each([
    ['a wrong token', () => at('publish', 'a', '1', '--token', 'wrong'), 3, /valid credential/],
    ['a wrong token for listening', () => at('subscribe', 'a', '--token', 'wrong'), 3, /valid credential/],
    ['no server', () => ['publish', 'a', '1', '--url', 'http://127.0.0.1:9'], 4, /no server answers.*carillon dev/],
    ['an address that is none', () => ['tail', 'a', '--url', 'here'], 2, /not an http address/],
    ['a topic that is none', () => at('publish', 'caf\u00e9', '1'), 1, /./],
    ['a position that is none', () => at('subscribe', 'a', '--since', 'yesterday'), 1, /position/],
    ['a count that is none', () => at('subscribe', 'a', '--count', 'x'), 2, /whole number/],
    ['a token without grants', () => at('token'), 2, /--publish or --subscribe/],
    ['no topic', () => at('publish'), 2, /topic/],
  ])('fail in one line that says why: %s', async (_, args, code, reason) => {
    const ended = await runHere(args());

    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(reason);
    expect(ended.err).toMatch(/^carillon: [^\n]+\n$/);
  });
});

describe('the command line itself', () => {
  it.each([
    [
      'an unknown flag',
      ['serve', '--storage-tail-byte', '1'],
      /unknown option '--storage-tail-byte'; did you mean --storage-tail-bytes\?/,
    ],
    ['a short one', ['dev', '--prot', '1'], /unknown option '--prot'; did you mean --port\?/],
    ['an unknown command', ['servee'], /unknown command 'servee'; did you mean serve\?/],
    ['an unknown subcommand', ['config', 'chek'], /unknown command 'chek'; did you mean check\?/],
    ['no command', [], /name a command/],
  ])('names the nearest neighbour of %s', async (_, args, reason) => {
    const ended = await runHere(args);

    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(reason);
  });

  it('shows its version and help', async () => {
    expect((await runHere(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await runHere(['dev', '--help']);
    expect(help.code).toBe(0);
    expect(help.out).toContain('--internal-port');
    expect(help.out).not.toContain('--storage-tail-bytes');
  });

  it('checks, prints and explains settings', async () => {
    const file = join(folder.path, 'carillon.yaml');
    writeFileSync(file, 'server: { prot: 1 }\nauth: { adminToken: a-very-secret-token-of-32-characters }\n');
    const wrong = await runHere(['config', 'check', '--config', file], { CARILLON_PORT: 'x' });
    writeFileSync(file, 'server: { port: 1 }\nauth: { adminToken: a-very-secret-token-of-32-characters }\n');
    const right = await runHere(['config', 'check', '--config', file]);
    const printed = await runHere(['config', 'print', '--json', '--port', '2'], { CARILLON_CONFIG: file });
    const docs = await runHere(['config', 'docs']);

    expect(wrong.code).toBe(78);
    expect(wrong.err.split('\n').slice(1, 3)).toEqual([
      `  file ${file}: server.prot is not a setting; did you mean server.port?`,
      '  environment: CARILLON_PORT "x" is not a whole number',
    ]);
    expect(right.code).toBe(0);
    expect(printed.out).not.toContain('a-very-secret-token');
    const lines = printed.out
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.find(({ path }) => path === 'server.port')).toEqual({
      path: 'server.port',
      value: 2,
      origin: '--port',
    });
    expect(docs.out).toContain('### `storage.dataDir`');
  });
});

describe('the end', () => {
  it('comes with exit 0 after a drain, and the same key works at the next start', {
    timeout: PATIENCE_MS,
  }, async () => {
    const args = ['dev', '--port', '0', '--data', 'again', '--json'];
    const first = folder.start(args);
    const { token } = JSON.parse(await first.line());
    first.child.kill('SIGTERM');
    const ended = await first.ended;
    const second = folder.start(args);
    const next = JSON.parse(await second.line());
    second.child.kill('SIGINT');

    expect(ended.code).toBe(0);
    expect(next.token).toBe(token);
    expect((await second.ended).code).toBe(0);
  });

  it('comes with the process that npx started, even by kill -9', { timeout: PATIENCE_MS }, async () => {
    const wrapper = folder.start(['dev', '--port', '0', '--data', 'wrapped', '--json'], { bin: true });
    const { url: there } = JSON.parse(await wrapper.line());
    expect((await fetch(`${there}/console`)).status).toBe(200);

    wrapper.child.kill('SIGKILL');

    await expect
      .poll(
        () =>
          fetch(`${there}/console`).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 20_000 },
      )
      .toBe('down');
  });
});
