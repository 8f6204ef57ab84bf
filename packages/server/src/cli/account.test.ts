import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from './testing/run-here.ts';
import { CliFolder } from './testing/spawn-cli.ts';

const PATIENCE_MS = 120_000;
const folder = new CliFolder();
let url: string;

beforeAll(async () => {
  const dev = folder.start(['dev', '--port', '0', '--json']);
  ({ url } = JSON.parse(await dev.line()) as { url: string });
}, PATIENCE_MS);
afterAll(() => folder[Symbol.asyncDispose](), PATIENCE_MS);

const at = (...args: string[]): string[] => [...args, '--url', url];

describe('carillon account', () => {
  it('makes an account with a token that works at once, and lists it', async () => {
    const made = await runHere(at('account', 'create', 'Tybalt', '--scope', 'read', '--scope', 'write', '--json'));
    const { accessToken, ...account } = JSON.parse(made.out) as Record<string, string>;
    const listed = await runHere(at('account', 'list', '--json'));
    const lines = listed.out.trim().split('\n');
    const headers = { authorization: `Bearer ${accessToken}` };

    expect(made.code).toBe(0);
    expect(account).toMatchObject({ name: 'tybalt', jid: 'tybalt@localhost', role: 'member' });
    const names = lines.map((line) => (JSON.parse(line) as { name: string }).name);
    expect(names.toSorted()).toEqual(['juliet', 'mercutio', 'nurse', 'romeo', 'tybalt']);
    expect((await fetch(`${url}/v1/events?topic=public`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/v1/events?topic=channel:1`, { headers })).status).toBe(403);
  });

  it('says what is wrong in the words of the server', async () => {
    const taken = await runHere(at('account', 'create', 'juliet'));
    const refused = await runHere(at('account', 'list', '--admin-token', 'x'.repeat(40)));

    expect(taken).toMatchObject({ code: 1, out: '', err: expect.stringContaining('juliet is taken') });
    expect(refused.code).toBe(3);
  });
});
