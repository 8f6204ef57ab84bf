/** This server as its clients know it. */
export interface Site {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly domain: string;
}

/** The address of an uploaded file. */
export function mediaUrl({ baseUrl }: Site, file: string): string {
  return `${baseUrl}/media/${file.split('/').map(encodeURIComponent).join('/')}`;
}

/** What this server shows of whoever and whatever has no picture. */
export function missingPicture({ baseUrl }: Site): string {
  return `${baseUrl}/avatars/original/missing.png`;
}

/** Plain text within HTML. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Unix seconds, as Zulip's times are. */
export function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
