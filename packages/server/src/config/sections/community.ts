import * as z from 'zod';
import { setting } from '../setting.ts';

/** A host name of lower-case labels, `example.org`; names of accounts and channels stand before it. */
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** The people and channels of this installation. */
export const communitySection = z.strictObject({
  domain: setting(z.string().regex(DOMAIN, 'is not a host name').default('localhost'), {
    text: 'The domain in the addresses of accounts: `juliet` is `juliet@DOMAIN`. Choose it before the first account.',
  }),
});
