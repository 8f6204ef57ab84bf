/** The address of applications without one: the code is shown, to be copied (docs.joinmastodon.org/spec/oauth). */
export const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';

/** Schemes that would run or show what the address says instead of calling an application. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  ...['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:'],
  ...['view-source:', 'mailto:', 'ws:', 'wss:', 'ftp:'],
]);

/** Whether an application may be registered with this redirect address (RFC 6749 §3.1.2: absolute, no fragment). */
export function isRedirectUri(text: string): boolean {
  if (text === OUT_OF_BAND) return true;
  if (text.length > 2_000 || /[\s#\\]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  if (FORBIDDEN.has(protocol) || username !== '' || password !== '') return false;
  return !/^https?:$/.test(protocol) || hostname !== '';
}

/** The address with more in its query; what stood there stays as it was written. */
export function withQuery(address: string, values: Readonly<Record<string, string | undefined>>): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) said.set(name, value);
  return `${address}${address.includes('?') ? '&' : '?'}${said.toString()}`;
}

/** How the policy of a page names where its form may lead: redirects after it are held to the same. */
export function formTarget(address: string): string {
  const { protocol, origin } = new URL(address);
  return protocol === 'http:' || protocol === 'https:' ? origin : protocol;
}
