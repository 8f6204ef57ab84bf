/** The address of applications without one: the code is shown, to be copied (docs.joinmastodon.org/spec/oauth). */
export const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';

/** Schemes that would run or show what the address says instead of calling an application. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  ...['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:'],
  ...['view-source:', 'filesystem:', 'mailto:', 'ws:', 'wss:', 'ftp:'],
]);

/** An address is ASCII (RFC 3986 §2), and goes into a header as it stands; some of what is left has two readings. */
const ADDRESS = /^(?!https?:(?!\/\/[^/]))[!-~]{1,2000}$/i;

/** Whether an application may be registered with this redirect address (RFC 6749 §3.1.2: absolute, no fragment). */
export function isRedirectUri(text: string): boolean {
  if (text === OUT_OF_BAND) return true;
  if (!ADDRESS.test(text) || /[#\\]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return !FORBIDDEN.has(protocol) && username === '' && password === '';
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
