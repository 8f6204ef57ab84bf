import { makeAccountKey, requireThisMachine, type SignIn, signIn } from '../../../auth/index.ts';
import { accountByName, createAccessToken, ownAccount, signInFacts } from '../../../domain/index.ts';
import {
  addressOf,
  type Call,
  type Endpoint,
  endpoint,
  Refusal,
  text,
  tooMany,
  unknownAddress,
} from '../http/index.ts';

/** What a key may do that somebody signs in for: everything that the account may. */
const SCOPES = ['read', 'write', 'follow', 'push'];
/** About as long as guesses are remembered. */
const RETRY_SECONDS = 300;

/** Getting an API key (zulip.com/api/fetch-api-key). The server keeps no key itself, so each time it makes a new one. */
export const signInEndpoints: readonly Endpoint[] = [
  endpoint('POST /fetch_api_key', {
    access: 'anyone',
    about: 'A new API key for whoever knows the password.',
    parameters: {
      username: text('The e-mail address or the name of an account.'),
      password: text('Its password.'),
    },
    run: async (call, { username, password }) => {
      const address = addressOf(call.context);
      const outcome = await signIn(call.deps, call.deps.limiter, { name: username, password, address });
      if (outcome.outcome !== 'account') throw refusalFor(outcome.outcome);
      return newKey(call, outcome.account);
    },
  }),
  endpoint('POST /dev_fetch_api_key', {
    access: 'anyone',
    about: 'A new API key for anybody on the machine of a development server; elsewhere it is not there.',
    parameters: { username: text('The e-mail address or the name of an account.') },
    run: async (call, { username }) => {
      if (!call.deps.dev) throw unknownAddress();
      requireThisMachine(call.context.req);
      const account = await find(call, username.trim().toLowerCase());
      if (account === undefined) throw refusalFor('wrong');
      return newKey(call, account);
    },
  }),
];

function refusalFor(outcome: Exclude<SignIn['outcome'], 'account'>): Refusal {
  switch (outcome) {
    case 'wrong':
      return new Refusal('Your username or password is incorrect', { status: 401, code: 'AUTHENTICATION_FAILED' });
    case 'suspended':
      return new Refusal('Account is deactivated', { status: 401, code: 'USER_DEACTIVATED' });
    case 'too-many':
      return tooMany(RETRY_SECONDS);
  }
}

async function newKey(call: Call, account: number) {
  const { email, account: owner } = await call.query(ownAccount, { account });
  const { text: key, digest } = makeAccountKey();
  await call.run(createAccessToken, {
    input: { account, kind: 'api-key', digest, scopes: SCOPES },
    entry: { actor: `account:${account}`, action: 'accounts.create-token', target: owner.name },
  });
  return { api_key: key, email, user_id: account };
}

async function find(call: Call, address: string): Promise<number | undefined> {
  const name = address.endsWith(`@${call.site.domain}`) ? address.slice(0, -call.site.domain.length - 1) : address;
  const named = await call.query(accountByName, { name });
  return named?.id ?? (await call.query(signInFacts, { email: address }))?.account;
}
