import * as z from 'zod';
import {
  blockDomain,
  blocksOf,
  domainBlocksOf,
  followRequests,
  mutesOf,
  REMOTE_DOMAIN,
} from '../../../domain/index.ts';
import { isoOrNull, toAccount } from '../entities/index.ts';
import { ACCOUNTS, type Call, invalid, type PageSize, type Rest, user } from '../http/index.ts';

const DOMAINS: PageSize = { limit: 100, most: 200 };
const domainField = z.object({ domain: z.string().max(300) });

/** Whom somebody does not want to see, and who waits for an answer. */
export function hiddenRoutes(rest: Rest): void {
  rest.get('/api/v1/follow_requests', user('read:follows'), async (call) => {
    const page = call.page(ACCOUNTS);
    const rows = await call.query(followRequests, { viewer: call.viewer, page });
    return call.list(rows, page, (snapshot) => toAccount(snapshot, call.site));
  });
  rest.get('/api/v1/blocks', user('read:blocks'), async (call) => {
    const page = call.page(ACCOUNTS);
    const rows = await call.query(blocksOf, { viewer: call.viewer, page });
    return call.list(rows, page, (snapshot) => toAccount(snapshot, call.site));
  });
  rest.get('/api/v1/mutes', user('read:mutes'), async (call) => {
    const page = call.page(ACCOUNTS);
    const rows = await call.query(mutesOf, { viewer: call.viewer, page });
    return call.list(rows, page, (snapshot) => ({
      ...toAccount(snapshot, call.site),
      mute_expires_at: isoOrNull(snapshot.muteExpiresAt),
    }));
  });
  rest.get('/api/v1/domain_blocks', user('read:blocks'), async (call) => {
    const page = call.page(DOMAINS);
    return call.list(await call.query(domainBlocksOf, { viewer: call.viewer, page }), page, (domain) => domain);
  });
  rest.post('/api/v1/domain_blocks', user('write:blocks'), (call) => changeDomain(call, true));
  rest.delete('/api/v1/domain_blocks', user('write:blocks'), (call) => changeDomain(call, false));
}

async function changeDomain(call: Call<number>, on: boolean): Promise<object> {
  const domain = (await call.input(domainField)).domain.trim().toLowerCase();
  if (!REMOTE_DOMAIN.test(domain)) throw invalid('Domain is not a valid domain name');
  await call.run(blockDomain, { actor: call.viewer, domain, on });
  return {};
}
