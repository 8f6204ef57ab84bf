import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SETTINGS } from './describe.ts';
import { loadSettings, type SettingSources } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'carillon-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const yaml = (text: string) => ({ name: 'carillon.yaml', text });

function load(sources: Partial<SettingSources>) {
  const loaded = loadSettings({ env: {}, ...sources });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded;
}

function problems(sources: Partial<SettingSources>): readonly string[] {
  const loaded = loadSettings({ env: {}, ...sources });
  if ('settings' in loaded) throw new Error('these settings were taken');
  return loaded.problems.map(({ source, name, message }) => `${source}: ${name} ${message}`);
}

describe('loadSettings', () => {
  it('takes the last of preset, file, environment and flag, and tells which', () => {
    const presets = { 'server.port': 1 };
    const file = yaml('server: { port: 2 }');
    const env = { CARILLON_SERVER_PORT: '3' };
    const flags = new Map([['server.port', '4']]);

    const seen = [
      load({}),
      load({ presets }),
      load({ presets, file }),
      load({ presets, file, env }),
      load({ presets, file, env, flags }),
    ].map(({ settings, origins }) => [settings.server.port, origins.get('server.port')]);

    expect(seen).toEqual([
      [4000, undefined],
      [1, 'command'],
      [2, 'file carillon.yaml'],
      [3, 'CARILLON_SERVER_PORT'],
      [4, '--port'],
    ]);
  });

  it.each([
    [
      'server.prot',
      { file: yaml('server: { prot: 1 }') },
      'file carillon.yaml: server.prot is not a setting; did you mean server.port?',
    ],
    [
      'a section',
      { file: yaml('storge: { tailBytes: 1 }') },
      'file carillon.yaml: storge is not a setting; did you mean storage?',
    ],
    [
      'a variable',
      { env: { CARILLON_STORAGE_TAIL_BYTE: '1' } },
      'environment: CARILLON_STORAGE_TAIL_BYTE is not a setting; did you mean CARILLON_STORAGE_TAIL_BYTES?',
    ],
    [
      'something far from all',
      { env: { CARILLON_X: '1' } },
      'environment: CARILLON_X is not a setting; did you mean CARILLON_URL?',
    ],
    [
      'a prototype',
      { file: yaml('__proto__: { port: 1 }') },
      'file carillon.yaml: __proto__ is not a setting; did you mean apps?',
    ],
  ])('refuses the unknown and names the nearest: %s', (_, sources, problem) => {
    expect(problems(sources)).toEqual([problem]);
  });

  it('tells every mistake of every source at once', () => {
    const found = problems({
      file: yaml('server: { prot: 1, host: 7 }\nlimits: 3\nhub: { drainMs: }'),
      env: { CARILLON_PORT: 'x', CARILLON_HUB_WRITES_PER_TURN: '0' },
      flags: new Map([['storage.acceptLoss', 'yes']]),
    });

    expect(found.map((line) => line.split(' ').slice(0, 3).join(' ')).sort()).toEqual(
      [
        'file carillon.yaml: server.prot',
        'file carillon.yaml: server.host',
        'file carillon.yaml: limits',
        'file carillon.yaml: hub.drainMs',
        'environment: CARILLON_PORT "x"',
        'environment: CARILLON_HUB_WRITES_PER_TURN Too',
        'flags: --accept-loss "yes"',
      ].sort(),
    );
  });

  it.each([
    ['text', 'server.host', 'CARILLON_HOST', 'localhost', 'localhost'],
    ['a number', 'storage.tailBytes', 'CARILLON_STORAGE_TAIL_BYTES', '1048576', 1_048_576],
    ['a switch', 'test.echo', 'CARILLON_TEST_ECHO', 'true', true],
    [
      'a list as JSON',
      'server.corsOrigins',
      'CARILLON_SERVER_CORS_ORIGINS',
      '["https://a.example"]',
      ['https://a.example'],
    ],
    [
      'a list with commas',
      'server.allowedHosts',
      'CARILLON_SERVER_ALLOWED_HOSTS',
      'a.example, b.example',
      ['a.example', 'b.example'],
    ],
    [
      'a map as JSON',
      'apps',
      'CARILLON_APPS',
      '{"default":{},"shop":{"historyMs":5}}',
      { default: {}, shop: { historyMs: 5 } },
    ],
    ['nothing at all', 'server.host', 'CARILLON_HOST', '', '127.0.0.1'],
  ])('reads %s from the environment', (_, path, variable, text, value) => {
    const { settings } = load({ env: { [variable]: text } });

    const found = path.split('.').reduce((part: unknown, key) => Reflect.get(Object(part), key), settings);
    expect(found).toEqual(value);
  });

  it('reads every setting from its own variable and flag, and no two share one', () => {
    const names = SETTINGS.flatMap(({ env, flags }) => [...env, ...flags]);

    expect(new Set(names).size).toBe(names.length);
    expect(SETTINGS.length).toBeGreaterThan(60);
    for (const { path, kind } of SETTINGS) {
      if (kind !== 'text' && kind !== 'list') expect(problems({ flags: new Map([[path, '{']]) })).toHaveLength(1);
    }
  });

  it('reads a secret from a file, refuses two sources of one, and never repeats a secret', () => {
    const secret = 'correct-horse-battery-staple-and-more';
    const file = join(folder, 'secret');
    writeFileSync(file, `${secret}\n`);

    const { settings } = load({ env: { CARILLON_AUTH_ADMIN_TOKEN_FILE: file } });
    const twice = problems({ env: { CARILLON_AUTH_ADMIN_TOKEN_FILE: file, CARILLON_AUTH_ADMIN_TOKEN: secret } });
    const missing = problems({ env: { CARILLON_AUTH_ADMIN_TOKEN_FILE: join(folder, 'none') } });
    const broken = problems({
      env: { CARILLON_AUTH_JWT_SECRETS: '["my-short-secret"]' },
      file: yaml('auth: { adminToken: hunter2 }'),
    });

    expect(settings.auth.adminToken).toBe(secret);
    expect(twice[0]).toContain('say the same setting');
    expect(missing[0]).toContain('ENOENT');
    expect(broken).toHaveLength(2);
    expect([...twice, ...broken].join()).not.toMatch(/staple|my-short|hunter2/);
  });

  it.each([
    ['plain HTTP beyond loopback', 'server: { host: 0.0.0.0 }', 'reachable from other machines'],
    ['metrics beyond loopback without a token', 'server: { internalHost: 10.0.0.1 }', 'metricsToken'],
    ['half of TLS', 'server: { tlsCert: a.pem }', 'TLS needs both'],
    ['a default app that is none', 'auth: { defaultApp: shop }', 'not among apps'],
    ['keys over plain HTTP', 'auth: { jwt: { jwksUrl: "http://example.org/keys", issuer: i } }', 'must be https'],
    ['a key set without an issuer', 'auth: { jwt: { jwksUrl: "https://example.org/keys" } }', 'other issuers'],
    ['a short secret', 'auth: { jwt: { secrets: [short] } }', 'at least 32'],
    ['an app name that is none', 'apps: { Shop: {}, default: {} }', 'must be an app name'],
    ['YAML that is none', 'server: {', 'file'],
    ['the same key twice', 'server: { port: 1, port: 2 }', 'unique'],
  ])('refuses %s', (_, text, reason) => {
    expect(problems({ file: yaml(text) }).join()).toContain(reason);
  });

  it('takes TLS, or a proxy that ends it, beyond loopback, and a default app that nobody lists', () => {
    expect(load({ file: yaml('apps: { shop: {} }') }).settings.auth.defaultApp).toBe('default');
    expect(load({ file: yaml('server: { host: 0.0.0.0, plainHttp: true }') }).settings.server.host).toBe('0.0.0.0');
    expect(load({ file: yaml('server: { host: "::", tlsCert: a, tlsKey: b }') }).settings.server.tlsKey).toBe('b');
  });
});
