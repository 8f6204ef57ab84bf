/**
 * The domain of another server: lower-case labels, two or more of them, of at most 63 characters, 253 in all
 * (RFC 1035 §2.3.1, RFC 1123 §2.1). No port: it would not stand in an address.
 */
export const REMOTE_DOMAIN =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
