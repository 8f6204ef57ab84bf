import { type CarillonError, toErrorValue } from '@carillon/core';
import { expect, test } from 'vitest';
import { type OpenAuth, openAuth } from './testing/open-auth.ts';

const DOMAIN = 'example.org';

async function keyOf(auth: OpenAuth, name: string, scopes: readonly string[] = ['read', 'write']): Promise<string> {
  const { body } = await auth.call('POST', `/admin/accounts/${name}/tokens`, { kind: 'api-key', scopes });
  return String(body['token']);
}

function asking(auth: OpenAuth, email: string, key: string) {
  return auth.authenticator.authenticateKey({ email, key, domain: DOMAIN });
}

async function refusal(promise: Promise<unknown>): Promise<Pick<CarillonError, 'code' | 'message' | 'facts'>> {
  return toErrorValue(
    await promise.then(
      () => new Error('it counted'),
      (error: unknown) => error,
    ),
  );
}

test('a key speaks for its account with its address, whichever of the two and in whatever case', async () => {
  await using auth = await openAuth();
  const { body: juliet } = await auth.call('POST', '/admin/accounts', { name: 'juliet', email: 'j@capulet.example' });
  const key = await keyOf(auth, 'juliet');

  for (const email of ['j@capulet.example', 'J@Capulet.Example', 'juliet@example.org', 'JULIET@EXAMPLE.ORG']) {
    const principal = await asking(auth, email, key);
    expect(principal).toMatchObject({ account: Number(juliet['id']), scopes: ['read', 'write'], admin: false });
  }
});

test('every wrong credential is refused in the same words', async () => {
  await using auth = await openAuth();
  for (const name of ['juliet', 'romeo']) await auth.call('POST', '/admin/accounts', { name });
  const key = await keyOf(auth, 'juliet');
  const { body } = await auth.call('POST', '/admin/accounts/juliet/tokens', { kind: 'access' });

  const words = { code: 'unauthorized', message: 'this needs a valid credential', facts: {} };
  expect(await refusal(asking(auth, 'romeo@example.org', key))).toEqual(words);
  expect(await refusal(asking(auth, 'juliet@elsewhere.example', key))).toEqual(words);
  expect(await refusal(asking(auth, 'juliet@example.org', 'x'.repeat(32)))).toEqual(words);
  expect(await refusal(asking(auth, 'juliet@example.org', String(body['token'])))).toEqual(words);
});

test('a key that was known a moment ago ends at once, and a suspended account is told why', async () => {
  await using auth = await openAuth();
  await auth.call('POST', '/admin/accounts', { name: 'juliet' });
  const key = await keyOf(auth, 'juliet');
  const other = await auth.call('POST', '/admin/accounts/juliet/tokens', { kind: 'api-key' });
  await asking(auth, 'juliet@example.org', key);
  await asking(auth, 'juliet@example.org', String(other.body['token']));

  await auth.call('DELETE', `/admin/access-tokens/${String(other.body['id'])}`);
  expect(await refusal(asking(auth, 'juliet@example.org', String(other.body['token'])))).toMatchObject({ facts: {} });

  await auth.call('POST', '/admin/accounts/juliet/suspend');
  expect(await refusal(asking(auth, 'juliet@example.org', key))).toMatchObject({ facts: { suspended: true } });
  expect(await refusal(asking(auth, 'romeo@example.org', key))).toMatchObject({ facts: {} });

  await auth.call('POST', '/admin/accounts/juliet/restore');
  expect(await asking(auth, 'juliet@example.org', key)).toMatchObject({ scopes: ['read', 'write'] });
});
