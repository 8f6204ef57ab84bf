import { describe, expect, it } from 'vitest';
import { SETTINGS } from './describe.ts';
import { loadSettings } from './load.ts';
import { settingsJsonSchema, settingsReference, showSettings } from './reference.ts';

describe('the reference of settings', () => {
  it('describes every setting with its names and default', () => {
    const page = settingsReference();

    for (const { path, text, env, flags } of SETTINGS) {
      expect(page).toContain(`### \`${path}\``);
      for (const part of [text, ...env, ...flags]) expect(page).toContain(part);
    }
  });

  it('gives editors a schema that names every setting and no others', () => {
    const schema = JSON.stringify(settingsJsonSchema());

    for (const { text } of SETTINGS) expect(schema).toContain(JSON.stringify(text).slice(1, -1));
    expect(schema).toContain('"additionalProperties":false');
  });

  it('masks secrets when it shows what is in force', () => {
    const secret = 'correct-horse-battery-staple-and-more';
    const loaded = loadSettings({
      env: { CARILLON_AUTH_ADMIN_TOKEN: secret, CARILLON_AUTH_JWT_SECRETS: `${secret},${secret}` },
    });
    if (!('settings' in loaded)) throw new Error('these settings are right');

    const shown = showSettings(loaded.settings, loaded.origins);

    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown.find(({ path }) => path === 'auth.jwt.secrets')?.value).toEqual(['(secret)', '(secret)']);
    expect(shown.find(({ path }) => path === 'auth.adminToken')?.origin).toBe('CARILLON_AUTH_ADMIN_TOKEN');
  });
});
