import { setImmediate } from 'node:timers/promises';
import { ALL_GRANTS, type Event, NO_GRANTS, type Principal } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeToken } from '../domain/index.ts';
import { devToken } from './dev-credentials.ts';
import { openDevSecrets } from './dev-secrets.ts';
import { createGate } from './gate.ts';
import { type OpenAuth, openAuth, SETTINGS } from './testing/open-auth.ts';

let auth: OpenAuth;
beforeAll(async () => {
  auth = await openAuth();
});
afterAll(() => auth[Symbol.asyncDispose]());

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

async function mint(ttl = 60): Promise<string> {
  const { body } = await auth.call('POST', '/admin/tokens', { publish: ['news'], subscribe: ['news'], ttl });
  return String(body['token']);
}

function principal(grants: Principal['grants'], app = 'default'): Principal {
  return { id: 'x', app, grants, admin: false, credentialId: 'x' };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

describe('what the gate allows', () => {
  it.each([
    ['its own topics', 'publish', 'app:default/news', true],
    ['its own streams', 'publish', 'stream:default/a', true],
    ['community topics for reading', 'subscribe', 'public', true],
    ['another app', 'subscribe', 'app:shop/news', false],
    ['another app’s streams', 'publish', 'stream:shop/a', false],
    ['community topics for writing', 'publish', 'public', false],
    ['accounts for writing', 'publish', 'account:7', false],
    ['hashtags for writing', 'publish', 'hashtag:cats', false],
    ['system for reading', 'subscribe', 'system', false],
    ['system for writing', 'publish', 'system', false],
  ] as const)('to a credential with every grant: %s', (_, action, topic, allowed) => {
    expect(auth.gate.isAllowed(principal(ALL_GRANTS), action, topic)).toBe(allowed);
  });

  it.each(['account:7', 'channel:1', 'channel-meta:1', 'list:3'])('no grant of an app to read %s', (topic) => {
    expect(auth.gate.isAllowed(principal(ALL_GRANTS), 'subscribe', topic)).toBe(false);
    expect(auth.gate.isAllowed({ ...principal(ALL_GRANTS), admin: true }, 'subscribe', topic)).toBe(true);
  });

  it('publishing does not allow subscribing, nor the other way round', () => {
    const publisher = principal({ publish: ['news'], subscribe: [] });
    const reader = principal({ publish: [], subscribe: ['news'] });
    const topic = 'app:default/news';

    expect(auth.gate.isAllowed(publisher, 'subscribe', topic)).toBe(false);
    expect(auth.gate.isAllowed(reader, 'publish', topic)).toBe(false);
    expect(() => auth.gate.require(reader, 'publish', [topic])).toThrow(/publish on "app:default\/news"/);
    expect(() => auth.gate.require(reader, 'subscribe', [topic, 'app:default/other'])).toThrow(/other/);
    expect(() => auth.gate.require(reader, 'subscribe', [topic])).not.toThrow();
  });

  it('nothing to a credential that has expired', () => {
    const expired = { ...principal(ALL_GRANTS), expiresAtMs: Date.now() - 1 };

    expect(auth.gate.isAllowed(expired, 'publish', 'app:default/news')).toBe(false);
    expect(() => auth.gate.require(expired, 'publish', ['app:default/news'])).toThrow(/valid credential/);
  });
});

describe('authenticate', () => {
  it('says the same words to whatever does not count', async () => {
    const revoked = await mint();
    await auth.call('POST', '/admin/tokens/revoke', { token: revoked });
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer  ',
      'Basic YTpi',
      `Bearer ${revoked}`,
      'Bearer a b',
      `Bearer ck_${'a'.repeat(16)}_${'x'.repeat(43)}`,
      'Bearer a.b.c',
    ];

    const refusals = await Promise.all(
      wrong.map((authorization) => auth.authenticator.authenticate({ authorization }).catch((error: unknown) => error)),
    );

    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ code: 'unauthorized', message: 'this needs a valid credential', facts: {} });
      expect((refusal as Error).cause).toBeUndefined();
    }
  });

  it('takes the header before the address, and never falls back to a weaker one', async () => {
    const token = await mint();

    await expect(auth.authenticator.authenticate({ accessToken: token })).resolves.toBeDefined();
    await expect(
      auth.authenticator.authenticate({ authorization: 'Bearer x', accessToken: token }),
    ).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('gives strangers what the settings grant to anybody, and no more', async () => {
    await using open = await openAuth({ anonymous: { publish: [], subscribe: ['news'] } });

    const stranger = await open.authenticator.authenticate({});

    expect(stranger.admin).toBe(false);
    expect(open.gate.isAllowed(stranger, 'subscribe', 'app:default/news')).toBe(true);
    expect(open.gate.isAllowed(stranger, 'subscribe', 'app:default/other')).toBe(false);
    expect(open.gate.isAllowed(stranger, 'publish', 'app:default/news')).toBe(false);
    await expect(open.authenticator.authenticate(bearer('wrong'))).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('refuses to begin with a short admin token', async () => {
    await expect(openAuth({ adminToken: 'short' })).rejects.toThrow(/auth\.adminToken/);
  });

  it('lets a remembered token expire to the millisecond', async () => {
    const token = await mint(5);
    const before = await auth.authenticator.authenticate(bearer(token));

    auth.advance((before.expiresAtMs ?? 0) - Date.now() + 1);

    await expect(auth.authenticator.authenticate(bearer(token))).rejects.toMatchObject({ code: 'unauthorized' });
    expect(auth.gate.isValid(before)).toBe(false);
  });
});

describe('revocation', () => {
  it('has reached the gate before the answer, and listeners hear it after the gate says no', async () => {
    const token = await mint();
    const someone = await auth.authenticator.authenticate(bearer(token));
    const heard: unknown[] = [];
    const stop = auth.gate.onRevoked((id) => heard.push([id, auth.gate.isValid(someone)]));

    await auth.call('POST', '/admin/tokens/revoke', { token });
    stop();

    expect(heard).toEqual([[someone.credentialId, false]]);
  });

  it('leaves no survivor among connections made at the same moment, a hundred times', async () => {
    const survivors: string[] = [];
    let caughtAttaching = 0;
    for (let round = 0; round < 100; round++) {
      const token = await mint();
      const open = new Map<string, Principal>();
      const stop = auth.gate.onRevoked((id) => open.delete(id));
      const connect = async (attached: () => Promise<unknown>): Promise<void> => {
        const someone = await auth.authenticator.authenticate(bearer(token));
        // Attaching takes its time, and the revocation may fall in between.
        await attached();
        open.set(someone.credentialId, someone);
        // Every connection asks once more after it has attached.
        if (auth.gate.isValid(someone)) return;
        caughtAttaching++;
        open.delete(someone.credentialId);
      };
      const early = Array.from({ length: 3 }, () => connect(() => turns(round * 4)));
      const revoked = auth.call('POST', '/admin/tokens/revoke', { token });
      const late = [connect(() => revoked), connect(() => turns(round % 7))];
      await Promise.allSettled([...early, ...late, revoked]);
      await expect(connect(() => turns(0))).rejects.toMatchObject({ code: 'unauthorized' });
      survivors.push(...open.keys());
      stop();
    }

    expect(caughtAttaching).toBeGreaterThanOrEqual(100);
    expect(survivors).toEqual([]);
  });

  it('is known to a gate that opens while it commits', async () => {
    for (let round = 0; round < 20; round++) {
      const credentialId = `jti:opening-${round}`;
      const input = { credentialId, expiresAtMs: Date.now() + 60_000 };
      const entry = { actor: 'admin', action: 'tokens.revoke', target: credentialId };
      const revoked = auth.log.run(revokeToken, { input, entry });
      const gate = await createGate({ log: auth.log, commands: auth.log, now: Date.now, failed: () => undefined });
      const { positions } = await revoked;
      await gate.caughtUp(positions.at(-1) ?? 0);

      expect(gate.isRevoked(credentialId)).toBe(true);
      gate.close();
    }
  });

  it('is read from the state when events were missed', async () => {
    let tell: ((events: readonly Event[]) => void) | undefined;
    const deaf = { onAdvance: (listener: (events: readonly Event[]) => void) => ((tell = listener), () => undefined) };
    const gate = await createGate({ log: deaf, commands: auth.log, now: Date.now, failed: () => undefined });
    const token = await mint();
    const someone = await auth.authenticator.authenticate(bearer(token));
    await auth.call('POST', '/admin/tokens/revoke', { token });
    expect(gate.isValid(someone)).toBe(true);

    await auth.log.append([{ type: 'late', topics: ['app:default/x'], data: new Uint8Array() }]);
    const after = auth.log.head.position - 1;
    const page = await auth.log.read({ topics: [{ topic: 'app:default/x', since: 0 }], after, limit: 1 });
    tell?.(page.kind === 'page' ? page.events : []);
    await gate.caughtUp(auth.log.head.position);

    expect(gate.isValid(someone)).toBe(false);
    gate.close();
  });

  it('allows nothing once revocations can no longer be read', async () => {
    let tell: ((events: readonly Event[]) => void) | undefined;
    let broken = false;
    const failures: unknown[] = [];
    const gate = await createGate({
      log: { onAdvance: (listener) => ((tell = listener), () => undefined) },
      commands: {
        query: (query, input) => (broken ? Promise.reject(new Error('no disk')) : auth.log.query(query, input)),
      },
      now: Date.now,
      failed: (error) => failures.push(error),
    });
    const someone = principal(ALL_GRANTS);
    expect(gate.isValid(someone)).toBe(true);

    broken = true;
    const missed = { position: auth.log.head.position + 1_000, topics: ['app:default/x'], type: 'x' };
    tell?.([missed as unknown as Event]);
    await expect.poll(() => failures.length).toBe(1);

    expect(gate.isValid(someone)).toBe(false);
    expect(gate.isAllowed(someone, 'publish', 'app:default/news')).toBe(false);
    gate.close();
  });
});

describe('the key of a development server', () => {
  it('is the same at every start, may do everything, and is replaced when it was revoked', async () => {
    const deps = { dataDir: auth.dataDir, commands: auth.log, gate: auth.gate, settings: SETTINGS };
    const first = await devToken(deps);
    const again = await devToken(deps);
    const someone = await auth.authenticator.authenticate(bearer(first));
    await auth.call('POST', '/admin/tokens/revoke', { token: first });
    const fresh = await devToken(deps);

    expect(again).toBe(first);
    expect(someone.grants).toEqual(ALL_GRANTS);
    expect(someone.grants).not.toEqual(NO_GRANTS);
    expect(fresh).not.toBe(first);
    expect(openDevSecrets(auth.dataDir).apiKey).toBe(fresh);
    await expect(auth.authenticator.authenticate(bearer(fresh))).resolves.toBeDefined();
    await expect(auth.authenticator.authenticate(bearer(first))).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
