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

  it('suspends an account, whose tokens refuse until it is restored', async () => {
    const made = await runHere(at('account', 'create', 'Paris', '--scope', 'read', '--json'));
    const { accessToken } = JSON.parse(made.out) as Record<string, string>;
    const status = async () =>
      (await fetch(`${url}/v1/events?topic=public`, { headers: { authorization: `Bearer ${accessToken}` } })).status;
    expect(await status()).toBe(200);
    const suspended = await runHere(at('account', 'suspend', 'paris'));
    const refused = await status();
    const restored = await runHere(at('account', 'restore', 'paris', '--json'));

    expect(suspended).toMatchObject({ code: 0, out: 'paris\tparis@localhost\tmember\tsuspended\n' });
    expect(refused).toBe(401);
    expect(JSON.parse(restored.out)).toMatchObject({ name: 'paris', suspended: false });
    expect(await status()).toBe(200);
    expect(await runHere(at('account', 'suspend', 'nobody'))).toMatchObject({ code: 1, out: '' });
    await runHere(at('account', 'suspend', 'paris'));
  });

  it('says what is wrong in the words of the server', async () => {
    const taken = await runHere(at('account', 'create', 'juliet'));
    const refused = await runHere(at('account', 'list', '--admin-token', 'x'.repeat(40)));

    expect(taken).toMatchObject({ code: 1, out: '', err: expect.stringContaining('juliet is taken') });
    expect(refused.code).toBe(3);
  });
});

describe('carillon channel', () => {
  it('says who is what in a group channel, in the words of the server', async () => {
    const given = await runHere(at('channel', 'affiliate', 'verona', 'nurse', 'moderator'));
    const last = await runHere(at('channel', 'affiliate', 'verona', 'juliet', 'none'));

    expect(given).toMatchObject({ code: 0, out: 'verona\tnurse\tmoderator\n' });
    expect(last).toMatchObject({ code: 1, out: '', err: expect.stringContaining('the last owner') });
  });
});
