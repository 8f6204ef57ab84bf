/** Where the links in entities lead: this server as its clients know it. */
export interface Site {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly domain: string;
}

/** ISO 8601 in UTC with milliseconds, as all times of this protocol are. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

/** `2026-01-31`, in UTC. */
export function day(ms: number): string {
  return iso(ms).slice(0, 10);
}

/** The address of an uploaded file. */
export function mediaUrl(site: Site, file: string): string {
  return `${site.baseUrl}/media/${file.split('/').map(encodeURIComponent).join('/')}`;
}

/** How an account or group channel is named by clients: `juliet`, of other servers `romeo@verona.example`. */
export function acctOf({ name, domain }: { readonly name: string; readonly domain: string | null }): string {
  return domain === null ? name : `${name}@${domain}`;
}

/** The address of a profile for people. */
export function profileUrl(
  site: Site,
  { name, domain, url }: { readonly name: string; readonly domain: string | null; readonly url: string | null },
): string {
  if (domain === null) return `${site.baseUrl}/@${name}`;
  return url ?? `https://${domain}/@${name}`;
}
