import { CarillonError } from '@carillon/core';

/** Up to 30 bytes, so that every protocol can carry it: letters and digits, `_` between or around them (kernel K13). */
const FORM = /^[a-z0-9_]{1,30}$/;
/** Names that addresses or protocols use themselves. */
const RESERVED = new Set(['admin', 'system', 'support', 'postmaster', 'abuse', 'here', 'all', 'everyone', 'channel']);

/** The name in its one spelling; throws `bad-request` saying which rule it breaks. */
export function checkSlug(name: string): string {
  const slug = name.toLowerCase();
  if (!FORM.test(slug)) {
    throw new CarillonError('bad-request', 'a name is 1 to 30 of the letters a to z, the digits and _');
  }
  if (RESERVED.has(slug)) throw new CarillonError('bad-request', `the name ${slug} is reserved`);
  return slug;
}
