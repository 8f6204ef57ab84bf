import * as z from 'zod';
import { type AccountSnapshot, accountSnapshot, homeTimeline, members, ownAccount } from '../../../domain/index.ts';
import { toUser } from '../entities/index.ts';
import { type Call, type Endpoint, endpoint, json, otherwise, Refusal, readId } from '../http/index.ts';
import { personAt } from './find.ts';

const shape = {
  client_gravatar: otherwise(true, json('Taken and without effect: no picture here is a gravatar.', z.boolean())),
  include_custom_profile_fields: otherwise(false, json('With `profile_data`, which is empty.', z.boolean())),
};

/** The people of the community (zulip.com/api/get-users). */
export const userEndpoints: readonly Endpoint[] = [
  endpoint('GET /users/me', {
    access: 'read',
    about: 'The account that asks.',
    parameters: {},
    run: me,
  }),
  endpoint('GET /users', {
    access: 'read',
    about: 'Everybody of the community, those who are deactivated too.',
    parameters: shape,
    run: async (call, { include_custom_profile_fields: profile }) => {
      const everybody = await call.query(members, {});
      const { email } = await call.query(ownAccount, { account: call.viewer });
      return { members: everybody.map((account) => show(call, account, { email, profile })) };
    },
  }),
  endpoint('GET /users/:user', {
    access: 'read',
    about: 'One account, by its id or its address.',
    parameters: shape,
    run: async (call, { include_custom_profile_fields: profile }) => {
      const account = await requireUser(call, call.param('user'));
      const { email } = await call.query(ownAccount, { account: call.viewer });
      return { user: show(call, account, { email, profile }) };
    },
  }),
];

async function me(call: Call) {
  const { viewer, site } = call;
  const { account, email } = await call.query(ownAccount, { account: viewer });
  const [newest] = await call.query(homeTimeline, { viewer, page: { limit: 1 } });
  return { ...toUser(account, site, { deliveryEmail: email, profile: true }), max_message_id: newest?.post.id ?? -1 };
}

function show(
  { viewer, site }: Call,
  account: AccountSnapshot,
  { email, profile }: { email: string; profile: boolean },
) {
  return toUser(account, site, { profile, ...(account.id === viewer ? { deliveryEmail: email } : {}) });
}

/** By id, or by name and domain; throws for whoever is not there. Group channels are nobody. */
async function requireUser(call: Call, text: string): Promise<AccountSnapshot> {
  const id = readId(text);
  const found = id === undefined ? await personAt(call, text) : await call.query(accountSnapshot, { id });
  if (found && found.kind !== 'group') return found;
  throw new Refusal('No such user');
}
